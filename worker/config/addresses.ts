/** IP addresses and ranges of them (RFC 4632, RFC 4291). IPv4-mapped IPv6 addresses (::ffff:…) are IPv4. */

import type { Reader } from "./fields.ts";

/** An address as 32-bit numbers, the most significant first: one for IPv4, four for IPv6. */
type Words = readonly number[];

/** A range of addresses, parsed once. */
export interface AddressRange {
	readonly words: Words;
	/** How many leading bits are equal in all addresses of the range. */
	readonly prefix: number;
}

const WORD_BITS = 32;
/** The first three words of an IPv4-mapped address (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX_BITS = 96;
const MAPPED_WORD = 0xffff;

/** The words of an address, whatever its zone (RFC 4007 section 11); null for other text. */
export function parseAddress(address: string): Words | null {
	const zone = address.indexOf("%");
	return unmapped(wordsOf(zone < 0 ? address : address.slice(0, zone)));
}

/** Whether an address lies in any of the ranges. Other text lies in none. */
export function isInRanges(address: string, ranges: readonly AddressRange[]): boolean {
	const words = parseAddress(address);
	return words !== null && ranges.some((range) => isWithin(words, range));
}

/** The range of "10.0.0.0/8" or of a single address; null when the text is neither. */
export function parseRange(text: string): AddressRange | null {
	const slash = text.indexOf("/");
	const written = wordsOf(slash < 0 ? text : text.slice(0, slash));
	if (written === null) return null;
	const bits = written.length * WORD_BITS;
	const length = slash < 0 ? String(bits) : text.slice(slash + 1);
	if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
	const words = unmapped(written)!;
	const prefix = Number(length) - (bits - words.length * WORD_BITS);
	// A range such as ::/8 of IPv6 contains the mapped addresses, but means IPv6.
	return prefix < 0 ? { words: written, prefix: Number(length) } : { words, prefix };
}

function isWithin(address: Words, { words, prefix }: AddressRange): boolean {
	if (address.length !== words.length) return false;
	for (let i = 0; i * WORD_BITS < prefix; i++) {
		const unused = Math.max(0, WORD_BITS - (prefix - i * WORD_BITS));
		if ((address[i]! ^ words[i]!) >>> unused !== 0) return false;
	}
	return true;
}

function unmapped(words: Words | null): Words | null {
	if (words === null || words.length === 1) return words;
	const isMapped = words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD;
	return isMapped ? words.slice(MAPPED_PREFIX_BITS / WORD_BITS) : words;
}

/** The words of an address as it is written; null when it is not an address. */
function wordsOf(address: string): Words | null {
	if (!address.includes(":")) {
		const word = wordOf4(address);
		return word === null ? null : [word];
	}
	const halves = withHexTail(address).split("::");
	if (halves.length > 2) return null;
	const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [
		string[],
		string[] | undefined,
	];
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (tail === undefined ? missing !== 0 : missing < 1) return null;
	const groups = [...head, ...new Array<string>(missing).fill("0"), ...(tail ?? [])];
	if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
	const numbers = groups.map((group) => Number.parseInt(group, 16));
	return [0, 2, 4, 6].map((at) => ((numbers[at]! << 16) | numbers[at + 1]!) >>> 0);
}

function wordOf4(text: string): number | null {
	const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
	if (parts === undefined || parts.some((part) => part > 255)) return null;
	return parts.reduce((word, part) => ((word << 8) | part) >>> 0, 0);
}

/** An IPv6 address whose last 32 bits are written as IPv4 (RFC 4291 section 2.2), with those bits in hexadecimal. */
function withHexTail(address: string): string {
	const at = address.lastIndexOf(":") + 1;
	const word = wordOf4(address.slice(at));
	if (word === null) return address;
	return `${address.slice(0, at)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
}

/** Whether text is an IPv6 address, as in the brackets of a URL. */
export function isAddress6(text: string): boolean {
	return wordsOf(text)?.length === 4;
}

const WHOLE_INTERNET: AddressRange = { words: [0], prefix: 0 };

/** An item of a list of addresses and ranges. */
export const addressRange: Reader<AddressRange> = (value, at, problems) => {
	const range = typeof value === "string" ? parseRange(value) : null;
	if (range === null)
		problems.push(`${at}: ${JSON.stringify(value)} is not an address or a range; write it as "10.0.0.0/8"`);
	return range ?? WHOLE_INTERNET;
};
