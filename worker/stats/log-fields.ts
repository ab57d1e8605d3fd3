/** Values of log lines: text of a bounded length, and the client's address to the extent that the configuration wants it. */
import { parseAddress } from "../config/addresses.ts";
import type { Settings } from "../config/config.ts";

const ELLIPSIS = "…";
const ELLIPSIS_BYTES = 3;
/** The most bytes that one UTF-16 code unit can take: `\u001f`. */
const MAX_UNIT_BYTES = 6;

/** Cuts text so that it takes at most `maxBytes` as UTF-8 inside JSON, where an escape takes up to 6 bytes (RFC 8259 section 7). */
export function bounded(text: string, maxBytes: number): string {
	if (text.length * MAX_UNIT_BYTES <= maxBytes) return text;
	// Each code unit takes at least one byte, so `maxBytes + 1` units are enough to decide.
	if (jsonBytes(text.slice(0, maxBytes + 1)) <= maxBytes) return text;
	let kept = "";
	let left = maxBytes - ELLIPSIS_BYTES;
	for (const character of text) {
		left -= jsonBytes(character);
		if (left < 0) break;
		kept += character;
	}
	return kept + ELLIPSIS;
}

function jsonBytes(text: string): number {
	return new TextEncoder().encode(JSON.stringify(text)).length - '""'.length;
}

/**
 * A client's address as `log_client` wants it: whole, its network (IPv4 /24, IPv6 /48), or null. Null also for an
 * address that is unknown or not one.
 */
export function clientField(address: string, mode: Settings["log_client"]): string | null {
	if (mode === "none" || address === "") return null;
	const words = parseAddress(address);
	if (words === null) return null;
	if (mode === "full") return address;
	const [first = 0, second = 0] = words;
	return words.length === 1 ? ipv4Network(first) : ipv6Network(first, second);
}

function ipv4Network(word: number): string {
	return `${[24, 16, 8].map((shift) => (word >>> shift) & 0xff).join(".")}.0/24`;
}

/** Written as RFC 5952 section 4 says: the trailing zeros of the three groups belong to the `::`. */
function ipv6Network(first: number, second: number): string {
	const groups = [first >>> 16, first & 0xffff, second >>> 16].map((group) => group.toString(16));
	while (groups.at(-1) === "0") groups.pop();
	return `${groups.join(":")}::/48`;
}
