/** A cluster with an edge in front, with all options of the cluster: Redis, drain, secrets. */
import { type Cluster, startCluster } from "../../../origin/cluster/cluster.ts";
import type { ClusterOptions } from "../../../origin/cluster/plan.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../../worker/selfhost/edge.ts";

export interface TestStack extends AsyncDisposable {
	readonly cluster: Cluster;
	readonly edge: RunningEdge;
}

/** Starts three nodes and the edge. `nodeSecret` is the secret that the edge sends; "" = none. */
export async function startTestStack(
	options: Partial<ClusterOptions> = {},
	nodeSecret = "",
): Promise<TestStack> {
	await using parts = new AsyncDisposableStack();
	const cluster = parts.use(await startCluster({ nodes: 3, port: 0, ...options }));
	const nodes = cluster.nodes.map(({ id, url }) => ({ id, url }));
	const defaults = await edgeDefaults();
	const variables = { EDGE: {}, POOL_APP: { nodes } };
	const edge = parts.use(await startEdge({ ...defaults, variables, nodeSecret }));
	const running = parts.move();
	return { cluster, edge, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
