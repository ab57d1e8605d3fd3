/** Nodes and an edge in front, with the cluster's own options open: Redis, drain, secrets. */
import { type Cluster, type ClusterOptions, startCluster } from "../../../origin/cluster/cluster.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../../worker/selfhost/edge.ts";

export interface Line extends AsyncDisposable {
	readonly cluster: Cluster;
	readonly edge: RunningEdge;
}

/** Starts three nodes and the edge. `nodeSecret` is what the edge sends, "" = nothing. */
export async function startLine(options: Partial<ClusterOptions> = {}, nodeSecret = ""): Promise<Line> {
	await using parts = new AsyncDisposableStack();
	const cluster = parts.use(await startCluster({ nodes: 3, port: 0, ...options }));
	const nodes = cluster.nodes.map(({ id, url }) => ({ id, url }));
	const defaults = await edgeDefaults();
	const variables = { EDGE: {}, POOL_APP: { nodes } };
	const edge = parts.use(await startEdge({ ...defaults, variables, nodeSecret }));
	const running = parts.move();
	return { cluster, edge, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
