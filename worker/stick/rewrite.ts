/**
 * Stickiness for nodes that cannot be changed: the edge puts the node's tag before the session id in the open
 * packet of a polling handshake, and removes it from the requests of the session.
 */
import { TAG_LENGTH } from "../contract.ts";
import type { LengthField, OpenPacket } from "./open-packet.ts";

/**
 * The body with the tag before the session id, and with Engine.IO 3's length of the packet corrected. Nothing else
 * changes. A tag is three characters in every unit in which servers count a length (bytes, UTF-16 units, characters).
 */
export function addTag(body: Uint8Array, { sidAt, length }: OpenPacket, tag: string): Uint8Array {
	const tagBytes = new TextEncoder().encode(tag);
	if (length === null) return join(body.subarray(0, sidAt), tagBytes, body.subarray(sidAt));
	return join(
		body.subarray(0, length.from),
		lengthDigits(length),
		body.subarray(length.to, sidAt),
		tagBytes,
		body.subarray(sidAt),
	);
}

const ASCII_ZERO = 48;

function lengthDigits({ value, binary }: LengthField): Uint8Array {
	const digits = [...String(value + TAG_LENGTH)].map(Number);
	return new Uint8Array(binary ? digits : digits.map((digit) => digit + ASCII_ZERO));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/**
 * The query with the tag removed from the value of `sid`. Everything else stays byte for byte. `search` begins
 * with its question mark and holds at most one sid, since policy denies two. A tag with nothing behind it stays, since
 * the node would read an empty sid as a handshake.
 */
export function removeTag(search: string): string {
	return search.replace(SID_TAG, "$1");
}

/** The name and the tag may be percent-encoded (`%73id=%640N…`); parseRequest reads them so too. */
const SID_TAG = /((?:^\?|&)(?:s|%73)(?:i|%69)(?:d|%64)=)(?:%[\dA-Fa-f]{2}|[^%&]){3}(?=[^&])/;
