/** Which node a request must go to, by the pool's way of stickiness: pure. */
import type { Node, Pool } from "../pool.ts";
import type { Asked } from "../request/classify.ts";
import { nodeOfCookie } from "./cookie.ts";
import { nodeOfSid } from "./sid.ts";

/**
 * `node`: to this one and no other. `prefer`: a new session that should go to this one. `key`: the node is
 * chosen by this value's hash. `gone`: to none, the session's node is no more. `any`: by balance.
 */
export type Stuck =
	| { readonly kind: "node"; readonly node: Node }
	| { readonly kind: "prefer"; readonly node: Node }
	| { readonly kind: "key"; readonly key: string }
	| { readonly kind: "gone" }
	| { readonly kind: "any" };

const ANY: Stuck = { kind: "any" };
const GONE: Stuck = { kind: "gone" };

/** Decides for one request. `cookies` is its Cookie header, `clientIp` the address the platform vouches for. */
export function stick(pool: Pool, asked: Asked, cookies: string | null, clientIp: string): Stuck {
	if (asked.engine === null) return ANY;
	if (pool.stickiness === "source") return { kind: "key", key: clientIp };
	if (pool.stickiness === "cookie") {
		const node = nodeOfCookie(pool, cookies);
		if (asked.sid === null) return node === null ? ANY : { kind: "prefer", node };
		return node === null ? GONE : { kind: "node", node };
	}
	if (asked.sid === null) return ANY;
	const node = nodeOfSid(pool, asked.sid);
	return node === null ? GONE : { kind: "node", node };
}
