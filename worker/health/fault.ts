/** Faults of a node that is UP but whose sessions cannot be found again, so that clients would reconnect forever; with the fix. */
import type { Node, Pool } from "../config/pool.ts";

/** `foreign_tag`: its session ids lack its tag. `many_processes`: several processes answer at its address. */
export const FAULTS = ["", "foreign_tag", "many_processes"] as const;
export type Fault = (typeof FAULTS)[number];

/** What to change at the node, with the line to add. */
export function fixFor(fault: Exclude<Fault, "">, pool: Pool, node: Node): string {
	if (fault === "many_processes")
		return (
			`Several processes answer at the address of node ${node.id}: its boot id changes from answer to answer, ` +
			`so a session's next request may reach another process. Give each process a port of its own, and list each as a node in ${pool.variable}.`
		);
	return (
		`Node ${node.id} generates session ids without its tag "${node.tag}", so no later request could find it. ` +
		`Add at that node: io.engine.generateId = () => "${node.tag}" + Buffer.from(crypto.getRandomValues(new Uint8Array(13))).toString("base64url").slice(0, 17); ` +
		`or, if it cannot be changed, set stickiness = "rewrite" in ${pool.variable}.`
	);
}

/** The fields of a fault's log line. */
export function faultEntry(fault: Exclude<Fault, "">, pool: Pool, node: Node) {
	return {
		level: "error",
		code: "EDGE_FOREIGN_SID",
		node: node.id,
		url: node.url,
		cure: fixFor(fault, pool, node),
	} as const;
}

/** The log line for a fault that no request caused. */
export function faultLine(fault: Exclude<Fault, "">, pool: Pool, node: Node): string {
	return JSON.stringify(faultEntry(fault, pool, node));
}
