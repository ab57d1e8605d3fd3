/** A node with a known answer time behind a real edge, for tests of comparisons. */
import { startNode } from "../../../origin/cluster/node.ts";
import { planCluster } from "../../../origin/cluster/plan.ts";
import { edgeDefaults, startEdge } from "../../../worker/selfhost/edge.ts";

/** The event that the node acknowledges after its delay. */
export const DELAYED_EVENT = "delayed";

export interface DelayedStack extends AsyncDisposable {
	/** The https URL of the edge. */
	readonly url: string;
}

/** Starts a node in this process that acknowledges `delayed` after the given delay, and the edge before it. */
export async function startDelayed(milliseconds: number): Promise<DelayedStack> {
	const node = await startNode(planCluster({ nodes: 1, port: 0, host: "127.0.0.1" }).nodes[0]!);
	node.io.on("connection", (socket) => {
		socket.on(DELAYED_EVENT, (payload: unknown, ack: (payload: unknown) => void) => {
			setTimeout(() => ack(payload), milliseconds);
		});
	});
	const nodes = [{ id: "n1", url: `http://127.0.0.1:${node.port}` }];
	const edge = await startEdge({ ...(await edgeDefaults()), variables: { EDGE: {}, POOL_APP: { nodes } } });
	return {
		url: edge.https,
		async [Symbol.asyncDispose]() {
			await edge.stop();
			await node.stop();
		},
	};
}
