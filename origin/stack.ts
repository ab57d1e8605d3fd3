/** Everything on one machine: certificate, cluster, Flash policy server, and the edge in front. */
import { randomBytes } from "node:crypto";
import { CommandError } from "../worker/command-line/command.ts";
import { usablePort } from "../worker/command-line/listen.ts";
import { certificateFor } from "../worker/selfhost/certificate.ts";
import { startEdge } from "../worker/selfhost/edge.ts";
import type { Variables } from "../worker/selfhost/variables.ts";
import { type Cluster, startCluster } from "./cluster/cluster.ts";
import type { ClusterNode } from "./cluster/messages.ts";
import { DEFAULT_DRAIN, type DrainPlan } from "./node/drain.ts";

export interface StackOptions {
	readonly nodes: number;
	readonly host: string;
	/** Ports; 0 = any free port. `originPort` is the port of the first node; the others follow. */
	readonly httpsPort: number;
	readonly httpPort: number;
	readonly originPort: number;
	readonly policyPort: number;
	/** The token for `/__edge/`; "" = a random one. */
	readonly token: string;
	/** The secret that the edge sends to the nodes; "" = none. */
	readonly nodeSecret: string;
	/** URL of a Redis that connects the nodes; "" = the built-in adapter. */
	readonly redis: string;
	/** Maximum sessions of a node; 0 = no limit. */
	readonly limit: number;
	readonly drain: DrainPlan;
	/** Whether the edge's Durable Objects run in a separate process. */
	readonly stateProcess: boolean;
	/** Added to the Worker's variables: to EDGE, and to POOL_APP except its nodes. */
	readonly edge: Readonly<Record<string, unknown>>;
	readonly pool: Readonly<Record<string, unknown>>;
	readonly log: (line: string) => void;
}

export interface Stack extends AsyncDisposable {
	/** Base URLs of the edge, without a trailing slash. */
	readonly https: string;
	readonly http: string;
	/** The edge's process, and its state process if there is one. */
	readonly pid: number;
	readonly statePid: number | null;
	readonly cluster: Cluster;
	readonly policyPort: number;
	readonly stats: string;
	readonly token: string;
	/** Resolves with the reason if a part ends without `stop`; never rejects. */
	readonly failed: Promise<CommandError>;
	stop(): Promise<void>;
}

/** Three nodes, any free ports: the defaults of tests and the demo. */
export const STACK_DEFAULTS: StackOptions = {
	nodes: 3,
	host: "127.0.0.1",
	httpsPort: 0,
	httpPort: 0,
	originPort: 0,
	policyPort: 0,
	token: "",
	nodeSecret: "",
	redis: "",
	limit: 0,
	drain: DEFAULT_DRAIN,
	stateProcess: false,
	edge: {},
	pool: {},
	log: () => {},
};

/** Starts everything. On an error, or if `stop` is aborted meanwhile, ends what it has started. */
export async function startStack(given: Partial<StackOptions>, stop?: AbortSignal): Promise<Stack> {
	const options = { ...STACK_DEFAULTS, ...given };
	const token = options.token === "" ? randomBytes(12).toString("base64url") : options.token;
	for (let i = 0; options.originPort !== 0 && i < options.nodes; i++)
		await usablePort(options.originPort + i, options.host, "--origin-port");
	await using parts = new AsyncDisposableStack();
	const certificate = await certificateFor(null, null);
	const cluster = parts.use(
		await startCluster({
			nodes: options.nodes,
			port: options.originPort,
			host: options.host,
			tls: certificate,
			policyPort: options.policyPort,
			secrets: options.nodeSecret === "" ? [] : [options.nodeSecret],
			limit: options.limit,
			drain: options.drain,
			...(options.redis === "" ? {} : { redis: options.redis }),
		}),
	);
	stop?.throwIfAborted();
	const edge = parts.use(
		await startEdge({
			variables: variablesOf(options, cluster.nodes),
			host: options.host,
			httpsPort: options.httpsPort,
			httpPort: options.httpPort,
			publicHttpsPort: null,
			certificate,
			token,
			nodeSecret: options.nodeSecret,
			stateFolder: null,
			stateProcess: options.stateProcess,
			log: options.log,
		}),
	);
	stop?.throwIfAborted();
	const running = parts.move();
	const end = () => running.disposeAsync();
	return {
		https: edge.https,
		http: edge.http,
		pid: edge.pid,
		get statePid() {
			return edge.statePid;
		},
		cluster,
		policyPort: cluster.policyPort!,
		stats: `${edge.https}/__edge/stats`,
		token,
		failed: Promise.race([
			cluster.failed,
			edge.ended.then(() => new CommandError("the edge (workerd) exited; see its last lines above")),
		]),
		stop: end,
		[Symbol.asyncDispose]: end,
	};
}

function variablesOf(options: StackOptions, nodes: readonly ClusterNode[]): Variables {
	return {
		EDGE: options.edge,
		POOL_APP: { ...options.pool, nodes: nodes.map(({ id, url }) => ({ id, url })) },
	};
}
