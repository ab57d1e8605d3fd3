/**
 * All messages between the processes of a cluster.
 * IPC, from a parent to the child it forked and back: command ↔ primary, primary ↔ node.
 * Control socket, from a command in any terminal to a running primary and back: see control.ts.
 */
import { CommandError, EXIT } from "../../worker/command-line/command.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";

/** A running node as others reach it. */
export interface ClusterNode {
	readonly id: string;
	readonly url: string;
	readonly tlsUrl: string | null;
	readonly pid: number;
}

/** A `CommandError` as data. */
export interface Failure {
	readonly message: string;
	readonly exitCode: number;
}

/** Parent to child. */
export type ToChild<Plan> = { readonly type: "start"; readonly plan: Plan } | { readonly type: "stop" };

/** Child to parent: the answer to "start". */
export type FromChild<Ready> =
	| { readonly type: "ready"; readonly ready: Ready }
	| { readonly type: "failed"; readonly failure: Failure };

/** What a primary reports once it is ready. */
export interface ClusterReady {
	readonly nodes: readonly ClusterNode[];
	readonly policyPort: number | null;
}

export type ToPrimary = ToChild<ClusterPlan>;
export type FromPrimary =
	| FromChild<ClusterReady>
	/** Sent whenever a node has started or exited. */
	| { readonly type: "nodes"; readonly nodes: readonly ClusterNode[] };

/** What a node reports once it listens. */
export interface NodeReady {
	readonly port: number;
	readonly tlsPort: number | null;
}

/** "drain": drain, then exit. */
export type ToNode = ToChild<NodePlan> | { readonly type: "drain" };
export type FromNode =
	| FromChild<NodeReady>
	/** The answer to "drain": how many sessions are to be closed. */
	| { readonly type: "draining"; readonly sessions: number };

/** Control socket, to the primary. */
export type ControlRequest = { readonly type: "roll" };

/** Control socket, from the primary: one "replaced" for each node, then "rolled" or "failed". */
export type ControlEvent =
	| { readonly type: "replaced"; readonly node: ClusterNode }
	| { readonly type: "rolled" }
	| { readonly type: "failed"; readonly failure: Failure };

/** An error as a message can carry it; `context` goes before its text. */
export function failureOf(error: unknown, context = ""): Failure {
	const message = error instanceof Error ? error.message : String(error);
	const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
	return { message: context + message, exitCode };
}

/** The error that a message carried. */
export function errorOf({ message, exitCode }: Failure): CommandError {
	return new CommandError(message, exitCode);
}
