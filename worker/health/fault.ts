/** What can be wrong with a node that is up: session ids that do not lead back to it. Said with its cure, for lack of which clients would loop for ever. */
import type { Node, Pool } from "../pool.ts";

/** `foreign_tag`: its ids carry another tag, or none. `many_processes`: several processes answer at its address in turn. */
export const FAULTS = ["", "foreign_tag", "many_processes"] as const;
export type Fault = (typeof FAULTS)[number];

/** What to change at the node, in sentences that hold the line to add. */
export function cureOf(fault: Exclude<Fault, "">, pool: Pool, node: Node): string {
	if (fault === "many_processes")
		return (
			`Several processes answer at the address of node ${node.id}: its boot id changes from answer to answer, ` +
			`so a session's next request may reach another process. Give each process a port of its own, and write each as a node in ${pool.variable}.`
		);
	return (
		`Node ${node.id} mints session ids without its tag "${node.tag}", so no later request could find it. ` +
		`Add at that node: io.engine.generateId = () => "${node.tag}" + crypto.randomBytes(13).toString("base64url").slice(0, 17); ` +
		`or, if it cannot be changed, set stickiness = "rewrite" in ${pool.variable}.`
	);
}

/** The line of the log that says so. */
export function faultLine(fault: Exclude<Fault, "">, pool: Pool, node: Node): string {
	return JSON.stringify({
		level: "error",
		code: "EDGE_FOREIGN_SID",
		node: node.id,
		url: node.url,
		cure: cureOf(fault, pool, node),
	});
}
