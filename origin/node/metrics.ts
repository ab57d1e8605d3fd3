/**
 * A node's metrics for Prometheus. prom-client is the application's own: it is handed in, so that whoever
 * adopts the node without metrics does not install it.
 */
import type { Counter, Gauge, Registry } from "prom-client";
import type { Server } from "socket.io";
import type { EdgeAttachment } from "./attach.ts";
import { countTraffic } from "./counters.ts";

/** What of the module prom-client is used. */
export interface PromClient {
	readonly Registry: typeof Registry;
	readonly Gauge: typeof Gauge;
	readonly Counter: typeof Counter;
	collectDefaultMetrics(config: { register: Registry }): void;
}

/** What a link to the other nodes tells of itself. */
export interface LinkStatus {
	up(): boolean;
	unsaved(): number;
}

/** Every metric's name, what it says and its labels; the board and the alerts are tested against it. */
export const METRICS = {
	sticky_node_sessions: ["gauge", "Live Engine.IO sessions by transport", ["transport"]],
	sticky_node_sessions_limit: ["gauge", "The most sessions this node takes, 0 = no cap", []],
	sticky_node_handshakes_total: ["counter", "Sessions opened by first transport", ["transport"]],
	sticky_node_refusals_total: ["counter", "Handshakes refused, by reason", ["reason"]],
	sticky_node_upgrades_total: ["counter", "Sessions that moved from polling to a WebSocket", []],
	sticky_node_closes_total: ["counter", "Sessions closed, by Engine.IO's reason", ["reason"]],
	sticky_node_connection_errors_total: ["counter", "Requests Engine.IO refused, by its error code", ["code"]],
	sticky_node_messages_total: ["counter", "Socket.IO packets", ["direction"]],
	sticky_node_bytes_total: ["counter", "Payload bytes of Socket.IO packets", ["direction"]],
	sticky_node_recoveries_total: ["counter", "Clients that came back with a session to recover", ["result"]],
	sticky_node_draining: ["gauge", "1 from the first refusal until the node ends", []],
	sticky_node_drain_closed: ["gauge", "Sessions asked to close by the drain", []],
	sticky_node_drain_dropped: ["gauge", "Sessions dropped at the drain's deadline", []],
	sticky_node_link_up: ["gauge", "1 while the other nodes can be reached", []],
	sticky_node_link_unsaved_total: ["counter", "Sessions and messages the link could not store", []],
} as const satisfies Record<string, readonly ["gauge" | "counter", string, readonly string[]]>;
type Name = keyof typeof METRICS;

/** Counts what happens on `io` and serves it at `path`, with Node's own metrics (memory, event-loop delay). */
export function serveMetrics(
	io: Server,
	edge: EdgeAttachment,
	prom: PromClient,
	link: LinkStatus = { up: () => true, unsaved: () => 0 },
	path = "/metrics",
): void {
	const register = new prom.Registry();
	register.setDefaultLabels({ node: edge.node });
	prom.collectDefaultMetrics({ register });
	const traffic = countTraffic(io);
	const read: Record<Name, () => Readonly<Record<string, number>>> = {
		sticky_node_sessions: () => edge.sessions.transports,
		sticky_node_sessions_limit: () => ({ "": edge.health().limit }),
		sticky_node_handshakes_total: () => edge.sessions.handshakes,
		sticky_node_refusals_total: () => edge.refusals,
		sticky_node_upgrades_total: () => ({ "": edge.sessions.upgraded }),
		sticky_node_closes_total: () => edge.sessions.closed,
		sticky_node_connection_errors_total: () => traffic.errors,
		sticky_node_messages_total: () => traffic.messages,
		sticky_node_bytes_total: () => traffic.bytes,
		sticky_node_recoveries_total: () => traffic.recoveries,
		sticky_node_draining: () => ({ "": edge.drainProgress().state === "idle" ? 0 : 1 }),
		sticky_node_drain_closed: () => ({ "": edge.drainProgress().closed }),
		sticky_node_drain_dropped: () => ({ "": edge.drainProgress().dropped }),
		sticky_node_link_up: () => ({ "": link.up() ? 1 : 0 }),
		sticky_node_link_unsaved_total: () => ({ "": link.unsaved() }),
	};
	for (const name of Object.keys(METRICS) as Name[]) expose(prom, register, name, read[name]);
	edge.serve(path, async () => ({ type: register.contentType, body: await register.metrics() }));
}

/** The counts live in plain objects; a metric copies them when it is asked for. */
function expose(
	prom: PromClient,
	register: Registry,
	name: Name,
	read: () => Readonly<Record<string, number>>,
): void {
	const [type, help, labels] = METRICS[name];
	const set = (put: (value: number, label: string) => void) => {
		for (const [label, value] of Object.entries(read())) put(value, label);
	};
	const label = labels[0];
	const labelled = (value: string): Record<string, string> => (label === undefined ? {} : { [label]: value });
	const config = { name, help, labelNames: [...labels], registers: [register] };
	if (type === "gauge") {
		new prom.Gauge({
			...config,
			collect() {
				set((value, at) => this.set(labelled(at), value));
			},
		});
		return;
	}
	new prom.Counter({
		...config,
		collect() {
			this.reset();
			set((value, at) => this.inc(labelled(at), value));
		},
	});
}
