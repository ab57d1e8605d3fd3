/** The targets of the behaviour suite, each started on free ports of this machine. */
import { readFile } from "node:fs/promises";
import { startCluster } from "../../../origin/cluster/cluster.ts";
import { startNode } from "../../../origin/cluster/node.ts";
import { planCluster } from "../../../origin/cluster/plan.ts";
import { flashPolicyServer } from "../../../origin/demo/flash-policy.ts";
import { type StackOptions, startStack } from "../../../origin/stack.ts";
import { listen } from "../../../worker/command-line/listen.ts";
import { certificateFor } from "../../../worker/selfhost/certificate.ts";
import { startRoundRobin } from "./round-robin.ts";

/** Something that Socket.IO clients connect to. */
export interface Target extends AsyncDisposable {
	/** Base URLs, which clients use in turn. */
	readonly urls: readonly string[];
	/** Number of nodes. */
	readonly nodes: number;
	readonly policyPort: number;
	/** The certificate to trust (PEM); null = plain http. */
	readonly ca: string | null;
}

/** One node, in this process, over plain http. */
export async function oneNode(): Promise<Target> {
	const host = "127.0.0.1";
	const policy = flashPolicyServer();
	const policyPort = await listen(policy, host, 0, "--policy-port");
	const node = await startNode(planCluster({ nodes: 1, port: 0, host }).nodes[0]!);
	return {
		urls: [`http://${host}:${node.port}`],
		nodes: 1,
		policyPort,
		ca: null,
		async [Symbol.asyncDispose]() {
			policy.close();
			await node.stop();
		},
	};
}

/** Three nodes with TLS; clients are spread over their addresses. */
export async function clusterOfThree(): Promise<Target> {
	const tls = await certificateFor(null, null);
	const cluster = await startCluster({ nodes: 3, port: 0, tls, policyPort: 0 });
	return {
		urls: cluster.nodes.map((node) => node.tlsUrl!),
		nodes: 3,
		policyPort: cluster.policyPort!,
		ca: await readFile(tls.certFile, "utf8"),
		[Symbol.asyncDispose]: cluster.stop,
	};
}

/** The edge on workerd with TLS, in front of three nodes. `changes` replace defaults of the stack. */
export async function edgeOverThree(changes: Partial<StackOptions> = {}): Promise<Target> {
	const stack = await startStack({ ...changes, nodes: 3 });
	const { certFile } = await certificateFor(null, null);
	return {
		urls: [stack.https],
		nodes: 3,
		policyPort: stack.policyPort,
		ca: await readFile(certFile, "utf8"),
		[Symbol.asyncDispose]: stack.stop,
	};
}

/** The control: three nodes behind a proxy without stickiness. */
export async function nodesInTurn(): Promise<Target> {
	const cluster = await startCluster({ nodes: 3, port: 0, policyPort: 0 });
	const proxy = await startRoundRobin(cluster.nodes.map((node) => node.url));
	return {
		urls: [proxy.url],
		nodes: 3,
		policyPort: cluster.policyPort!,
		ca: null,
		async [Symbol.asyncDispose]() {
			await proxy[Symbol.asyncDispose]();
			await cluster.stop();
		},
	};
}
