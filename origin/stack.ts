/** The whole line on one machine: certificate, cluster, Flash policy, and the edge in front. */
import { randomBytes } from "node:crypto";
import { CommandError } from "../worker/command-line/command.ts";
import { usablePort } from "../worker/command-line/listen.ts";
import { certificateFor } from "../worker/selfhost/certificate.ts";
import { startEdge } from "../worker/selfhost/edge.ts";
import type { Variables } from "../worker/selfhost/variables.ts";
import { type Cluster, type ClusterNode, startCluster } from "./cluster/cluster.ts";
import { DRAIN_PLAN, type DrainPlan } from "./node/drain.ts";

export interface StackOptions {
	readonly nodes: number;
	readonly host: string;
	/** Ports; 0 = any free one. `originPort` is the first node's, the next ones follow. */
	readonly httpsPort: number;
	readonly httpPort: number;
	readonly originPort: number;
	readonly policyPort: number;
	/** Opens `/__edge/`; "" = one is drawn. */
	readonly token: string;
	/** The secret between edge and nodes; "" = none. */
	readonly nodeSecret: string;
	/** Redis between the nodes; "" = the embedded adapter. */
	readonly redis: string;
	/** The most sessions of a node; 0 = no cap. */
	readonly limit: number;
	readonly drain: DrainPlan;
	/** Whether the edge's Durable Objects run in a process of their own. */
	readonly stateProcess: boolean;
	/** Laid over the Worker's variables: EDGE, and fields of POOL_APP other than its nodes. */
	readonly edge: Readonly<Record<string, unknown>>;
	readonly pool: Readonly<Record<string, unknown>>;
	readonly log: (line: string) => void;
}

export interface Stack extends AsyncDisposable {
	/** Base URLs of the edge, no slash at the end. */
	readonly https: string;
	readonly http: string;
	/** The edge's process, and its state process, if it has one. */
	readonly pid: number;
	readonly statePid: number | null;
	readonly cluster: Cluster;
	readonly policyPort: number;
	readonly stats: string;
	readonly token: string;
	/** Resolves when a part of it ended by itself, with the reason. */
	readonly failed: Promise<CommandError>;
	stop(): Promise<void>;
}

/** Every port free, three nodes: what tests and the demo start from. */
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
	drain: DRAIN_PLAN,
	stateProcess: false,
	edge: {},
	pool: {},
	log: () => {},
};

/** Starts everything; on an error, or when `stop` is aborted half way, ends what had started. */
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
			control: options.originPort !== 0,
		}),
	);
	stop?.throwIfAborted();
	const edge = parts.use(
		await startEdge({
			variables: variablesOf(options, cluster.nodes),
			host: options.host,
			httpsPort: options.httpsPort,
			httpPort: options.httpPort,
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
			edge.ended.then(() => new CommandError("the edge (workerd) ended by itself")),
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
