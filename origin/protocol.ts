/** What the processes of a cluster say to each other: command ↔ primary ↔ node, over Node's IPC. */

/** A node's address of its own over TLS: PEM files and a port (0 = any free one). */
export interface NodeTls {
	readonly certFile: string;
	readonly keyFile: string;
	readonly port: number;
}

/** All that one node needs to know. Ports of 0 mean any free one. */
export interface NodeOptions {
	readonly node: string;
	readonly host: string;
	readonly port: number;
	readonly tls: NodeTls | null;
}

/** All that a cluster needs to know, resolved; `policyPort` null = no Flash policy server. */
export interface ClusterPlan {
	readonly nodes: readonly NodeOptions[];
	readonly host: string;
	readonly policyPort: number | null;
}

/** A live node as others reach it. */
export interface ClusterNode {
	readonly id: string;
	readonly url: string;
	readonly tlsUrl: string | null;
	readonly pid: number;
}

/** Why something could not start, in one line for the person at the terminal. */
export interface Failure {
	readonly message: string;
	readonly exitCode: number;
}

export type ToNode = { readonly say: "start"; readonly options: NodeOptions } | { readonly say: "stop" };

export type FromNode =
	| { readonly say: "listening"; readonly port: number; readonly tlsPort: number | null }
	| { readonly say: "failed"; readonly failure: Failure };

export type ToPrimary = { readonly say: "start"; readonly plan: ClusterPlan } | { readonly say: "stop" };

export type FromPrimary =
	| { readonly say: "ready"; readonly nodes: readonly ClusterNode[]; readonly policyPort: number | null }
	| { readonly say: "nodes"; readonly nodes: readonly ClusterNode[] }
	| { readonly say: "failed"; readonly failure: Failure };
