/**
 * Stickiness for nodes that cannot be changed: the edge writes the node's tag before the session id in the
 * polling handshake's open packet, and takes it off again on the way in.
 */
import { TAG_LENGTH } from "../contract.ts";

/**
 * The open packet at the head of a polling handshake's body, in its four forms: Engine.IO 4 text
 * (`0{"sid":"…`), Engine.IO 3 text with its length before it (`96:0{"sid":"…`), and either as JSONP
 * (`___eio[7]("0{\"sid\":\"…`), where quotes are escaped. Groups: head, length, up to the id, the id.
 */
const OPEN_PACKET = /^((?:___eio\[\d+\]\(")?)(?:(\d+):)?(0\{[^{}]*?(\\?")sid\4\s*:\s*\4)([^"\\]+)/;

/** The session id of a handshake's body; null when it holds no open packet. */
export function sidIn(body: string): string | null {
	return OPEN_PACKET.exec(body)?.[5] ?? null;
}

/** The body with the tag before the session id, and the length of Engine.IO 3 mended; as it was when there is no open packet. */
export function addTag(body: string, tag: string): string {
	return body.replace(
		OPEN_PACKET,
		(_all, head: string, length: string | undefined, upTo: string, _quote, sid: string) => {
			const mended = length === undefined ? "" : `${Number(length) + TAG_LENGTH}:`;
			return head + mended + upTo + tag + sid;
		},
	);
}

/**
 * The query with the tag taken off the value of `sid`; `search` begins with its question mark and holds
 * one sid at most (the guard refuses two). All else stays byte for byte.
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
