/** Faults of a node that is UP but whose sessions cannot be found again, so that clients would reconnect forever; with the fix. */
import type { Node, Pool } from "../config/pool.ts";

/**
 * `foreign_tag`: its session ids lack its tag. `many_processes`: several processes answer at its address.
 * `not_rewritable`: with `rewrite`, the edge cannot insert its tag into the node's answer to a handshake.
 */
export type Fault = "foreign_tag" | "many_processes" | "not_rewritable";

/** The error that clients get, with what to change at the node. */
export interface FaultError {
	readonly code: "EDGE_FOREIGN_SID" | "EDGE_REWRITE";
	readonly message: string;
}

/** The error for a fault. `found` describes an answer that is not rewritable. */
export function faultError(fault: Fault, pool: Pool, node: Node, found = ""): FaultError {
	const code = fault === "not_rewritable" ? "EDGE_REWRITE" : "EDGE_FOREIGN_SID";
	return { code, message: fixFor(fault, pool, node, found) };
}

/** What to change at the node, with the line to add. */
export function fixFor(fault: Fault, pool: Pool, node: Node, found = ""): string {
	if (fault === "many_processes")
		return (
			`Several processes answer at the address of node ${node.id}: its boot id changes, ` +
			`so a session's next request may reach another process. Give each process a port of its own, and list each as a node in ${pool.variable}.`
		);
	if (fault === "not_rewritable")
		return (
			`The edge cannot write the tag of node ${node.id} into its answer to a handshake: ${found}. Make the node, and proxies ` +
			`in front of it, answer with a plain open packet; or add at that node, on Socket.IO 2 to 4: ${lineToAdd(node)}; and set stickiness = "sid" in ${pool.variable}.`
		);
	return (
		`Node ${node.id} generates session ids without its tag "${node.tag}". ` +
		`Add at that node: ${lineToAdd(node)}; ` +
		`or, if it cannot be changed, set stickiness = "rewrite" in ${pool.variable}.`
	);
}

/** JavaScript that makes a node of Socket.IO 2 to 4 generate session ids with its tag. */
function lineToAdd({ tag }: Node): string {
	return `io.engine.generateId = () => "${tag}" + Buffer.from(globalThis.crypto ? crypto.getRandomValues(new Uint8Array(9)) : require("crypto").randomBytes(9)).toString("hex").slice(0, 17)`;
}

/** The fields of a fault's log line. */
export function faultEntry(fault: Fault, pool: Pool, node: Node, found = "") {
	const { code, message } = faultError(fault, pool, node, found);
	return { level: "error", code, node: node.id, url: node.url, cure: message } as const;
}

/** The log line for a fault that no request caused. */
export function faultLine(fault: Fault, pool: Pool, node: Node): string {
	return JSON.stringify(faultEntry(fault, pool, node));
}
