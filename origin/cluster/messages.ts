/** What the processes of a cluster say to each other: command ↔ primary ↔ node, over Node's IPC. */

import type { DrainPlan } from "../node/drain.ts";

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
	/** The most sessions, 0 = no cap. */
	readonly limit: number;
	/** With any set, only the edge is served. */
	readonly secrets: readonly string[];
	readonly drain: DrainPlan;
	/** Redis between the nodes; null = the embedded adapter. May hold a password. */
	readonly redis: string | null;
}

/** All that a cluster needs to know, resolved; `policyPort` null = no Flash policy server. */
export interface ClusterPlan {
	readonly nodes: readonly NodeOptions[];
	readonly host: string;
	readonly policyPort: number | null;
	/** Whether `npm run origin -- roll` may reach it. */
	readonly control: boolean;
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

export type ToNode =
	| { readonly say: "start"; readonly options: NodeOptions }
	/** Drain, then end. */
	| { readonly say: "drain" }
	| { readonly say: "stop" };

export type FromNode =
	/** The answer to "drain": how many sessions there are to close. */
	| { readonly say: "draining"; readonly sessions: number }
	| { readonly say: "listening"; readonly port: number; readonly tlsPort: number | null }
	| { readonly say: "failed"; readonly failure: Failure };

export type ToPrimary =
	| { readonly say: "start"; readonly plan: ClusterPlan }
	| { readonly say: "roll" }
	| { readonly say: "stop" };

export type FromPrimary =
	| { readonly say: "ready"; readonly nodes: readonly ClusterNode[]; readonly policyPort: number | null }
	| { readonly say: "nodes"; readonly nodes: readonly ClusterNode[] }
	/** Answers to "roll": each node that was replaced, then the end. */
	| { readonly say: "replaced"; readonly node: ClusterNode }
	| { readonly say: "rolled"; readonly failure: Failure | null }
	| { readonly say: "failed"; readonly failure: Failure };
