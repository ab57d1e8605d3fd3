/** Whether a node mints session ids that lead back to it: looked at, for lack of which clients would loop for ever. */
import { TAG_LENGTH } from "../contract.ts";
import type { Node, Pool } from "../pool.ts";
import { sidIn } from "./rewrite.ts";

/** Whether the session id of a polling handshake's body carries the node's tag. A body without one says nothing. */
export function namesItsNode(body: string, node: Node): boolean {
	const sid = sidIn(body);
	return sid === null || sid.slice(0, TAG_LENGTH) === node.tag;
}

/** What to change at the node, as one sentence with the line to add. */
export function cure(pool: Pool, node: Node): string {
	return (
		`Node ${node.id} mints session ids without its tag "${node.tag}", so no later request could find it. ` +
		`Add at that node: io.engine.generateId = () => "${node.tag}" + crypto.randomBytes(13).toString("base64url").slice(0, 17); ` +
		`or, if it cannot be changed, set stickiness = "rewrite" in ${pool.variable}.`
	);
}
