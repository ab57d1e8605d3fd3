/**
 * Stickiness for nodes that cannot be changed: the edge puts the node's tag before the session id in the open
 * packet of a polling handshake, and removes it from the requests of the session.
 */
import { TAG_LENGTH } from "../contract.ts";

/**
 * The open packet at the start of a polling handshake's body, in four forms: Engine.IO 4 text
 * (`0{"sid":"…`), Engine.IO 3 text with its length first (`96:0{"sid":"…`), and either as JSONP
 * (`___eio[7]("0{\"sid\":\"…`), where quotes are escaped. Groups: prefix, length, text before the id, the id.
 */
const OPEN_PACKET = /^((?:___eio\[\d+\]\(")?)(?:(\d+):)?(0\{[^{}]*?(\\?")sid\4\s*:\s*\4)([^"\\]+)/;

/** The session id in a handshake's body; null without an open packet. */
export function sidIn(body: string): string | null {
	return OPEN_PACKET.exec(body)?.[5] ?? null;
}

/** The body with the tag before the session id, and Engine.IO 3's length corrected; unchanged without an open packet. */
export function addTag(body: string, tag: string): string {
	return body.replace(
		OPEN_PACKET,
		(_all, prefix: string, length: string | undefined, before: string, _quote, sid: string) => {
			const newLength = length === undefined ? "" : `${Number(length) + TAG_LENGTH}:`;
			return prefix + newLength + before + tag + sid;
		},
	);
}

/**
 * The query with the tag removed from the value of `sid`. Everything else stays byte for byte. `search` begins
 * with its question mark and holds at most one sid, since policy denies two.
 */
export function removeTag(search: string): string {
	return search.replace(SID_FIELD, (_all, name: string, value: string) => name + withoutTag(value));
}

/** The name may be percent-encoded (`%73id`). */
const SID_FIELD = /([?&](?:s|%73)(?:i|%69)(?:d|%64)=)([^&]*)/;

function withoutTag(value: string): string {
	let sid: string;
	try {
		sid = decodeURIComponent(value);
	} catch {
		return value;
	}
	return encodeURIComponent(sid.slice(TAG_LENGTH));
}
