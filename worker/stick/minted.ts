/** Whether a node mints session ids that lead back to it. */
import { TAG_LENGTH } from "../contract.ts";
import type { Node } from "../pool.ts";
import { sidIn } from "./rewrite.ts";

/** Whether the session id of a polling handshake's body carries the node's tag; null when there is none to look at. */
export function namesItsNode(body: string, node: Node): boolean | null {
	const sid = sidIn(body);
	return sid === null ? null : sid.slice(0, TAG_LENGTH) === node.tag;
}
