/**
 * A node's metrics for Prometheus. The application passes in its own prom-client, so that an application
 * without metrics need not install it.
 */
import type { Counter, Gauge, Registry } from "prom-client";
import type { Server } from "socket.io";
import type { EdgeAttachment } from "./attach.ts";
import { countMessages } from "./counters.ts";

/** The part of the module prom-client that is used. */
export interface PromClient {
	readonly Registry: typeof Registry;
	readonly Gauge: typeof Gauge;
	readonly Counter: typeof Counter;
	collectDefaultMetrics(config: { register: Registry }): void;
}

/** The state of a link to the other nodes, as metrics show it. */
export interface LinkStatus {
	/** Whether the other nodes can be reached. */
	up(): boolean;
	/** Events and sessions that could not be stored, since start. */
	unsaved(): number;
}

/** Every metric: type, help text and labels. Tests check the dashboards and alerts against this list. */
export const METRICS = {
	sticky_node_sessions: ["gauge", "Live Engine.IO sessions, by transport", ["transport"]],
	sticky_node_sessions_limit: ["gauge", "Maximum number of sessions, 0 = no limit", []],
	sticky_node_handshakes_total: ["counter", "Sessions opened, by first transport", ["transport"]],
	sticky_node_refusals_total: ["counter", "Handshakes refused, by reason", ["reason"]],
	sticky_node_upgrades_total: ["counter", "Sessions that moved from polling to a WebSocket", []],
	sticky_node_closes_total: ["counter", "Sessions closed, by Engine.IO's reason", ["reason"]],
	sticky_node_connection_errors_total: ["counter", "Requests rejected by Engine.IO, by error code", ["code"]],
	sticky_node_messages_total: ["counter", "Socket.IO packets sent and received", ["direction"]],
	sticky_node_bytes_total: ["counter", "Payload bytes of Socket.IO packets", ["direction"]],
	sticky_node_recoveries_total: [
		"counter",
		"Clients that reconnected with a session to recover, by result",
		["result"],
	],
	sticky_node_draining: ["gauge", "1 from the start of the drain until the node exits", []],
	sticky_node_drain_closed: ["gauge", "Sessions that the drain asked to close", []],
	sticky_node_drain_dropped: ["gauge", "Sessions that the drain dropped at its deadline", []],
	sticky_node_link_up: ["gauge", "1 while the other nodes can be reached", []],
	sticky_node_link_unsaved_total: ["counter", "Events and sessions that could not be stored", []],
} as const satisfies Record<string, readonly ["gauge" | "counter", string, readonly string[]]>;
type Name = keyof typeof METRICS;

/** Serves the node's metrics at `path`, with Node's own (memory, event-loop delay). Counting starts now. */
export function serveMetrics(
	io: Server,
	edge: EdgeAttachment,
	prom: PromClient,
	link: LinkStatus = { up: () => true, unsaved: () => 0 },
	path = "/metrics",
): void {
	const registry = new prom.Registry();
	registry.setDefaultLabels({ node: edge.node });
	prom.collectDefaultMetrics({ register: registry });
	const counters = countMessages(io);
	const read: Record<Name, () => Readonly<Record<string, number>>> = {
		sticky_node_sessions: () => edge.sessions.transports,
		sticky_node_sessions_limit: () => ({ "": edge.health().limit }),
		sticky_node_handshakes_total: () => edge.sessions.handshakes,
		sticky_node_refusals_total: () => edge.refusals,
		sticky_node_upgrades_total: () => ({ "": edge.sessions.upgraded }),
		sticky_node_closes_total: () => edge.sessions.closed,
		sticky_node_connection_errors_total: () => counters.errors,
		sticky_node_messages_total: () => counters.messages,
		sticky_node_bytes_total: () => counters.bytes,
		sticky_node_recoveries_total: () => counters.recoveries,
		sticky_node_draining: () => ({ "": edge.drainProgress().state === "idle" ? 0 : 1 }),
		sticky_node_drain_closed: () => ({ "": edge.drainProgress().closed }),
		sticky_node_drain_dropped: () => ({ "": edge.drainProgress().dropped }),
		sticky_node_link_up: () => ({ "": link.up() ? 1 : 0 }),
		sticky_node_link_unsaved_total: () => ({ "": link.unsaved() }),
	};
	for (const name of Object.keys(METRICS) as Name[]) register(prom, registry, name, read[name]);
	edge.serve(path, async () => ({ type: registry.contentType, body: await registry.metrics() }));
}

/** Registers a metric that copies its values from `read` at each scrape. */
function register(
	prom: PromClient,
	registry: Registry,
	name: Name,
	read: () => Readonly<Record<string, number>>,
): void {
	const [type, help, labelNames] = METRICS[name];
	const [labelName] = labelNames;
	const samples = () =>
		Object.entries(read()).map(([label, value]) => ({
			labels: labelName === undefined ? {} : { [labelName]: label },
			value,
		}));
	const config = { name, help, labelNames: [...labelNames], registers: [registry] };
	if (type === "gauge") {
		new prom.Gauge({
			...config,
			collect() {
				for (const { labels, value } of samples()) this.set(labels, value);
			},
		});
		return;
	}
	new prom.Counter({
		...config,
		collect() {
			this.reset();
			for (const { labels, value } of samples()) this.inc(labels, value);
		},
	});
}
