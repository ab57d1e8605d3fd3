/** Stickiness by the session id itself: its first three characters name the node. */
import { TAG_LENGTH } from "../contract.ts";
import type { Node, Pool } from "../pool.ts";

/** The node a session id names; null = a tag that is no node's, so the session is gone. */
export function nodeOfSid(pool: Pool, sid: string): Node | null {
	return pool.byTag.get(sid.slice(0, TAG_LENGTH)) ?? null;
}
