/** Which pages may connect, by their Origin header (RFC 6454). */
import { hostText } from "../config/hosts.ts";
import { isListed, normalOrigin, type Origins } from "../config/origins.ts";
import type { ParsedRequest } from "../request/url.ts";

/**
 * Whether a page with this Origin header may connect, by polling and by WebSocket: CORS protects polling
 * only. Requests without the header come from native clients or the same site, and may connect. So may pages of the
 * same host and port, and listed ones. To an edge over https, a page loaded over plain http is another site, since
 * anybody on the network could have changed it.
 */
export function isOriginAllowed(parsed: ParsedRequest, listed: Origins): boolean {
	const { origin } = parsed.headers;
	if (origin === null || listed.any || isListed(origin, listed)) return true;
	return origin === `https://${parsed.host}` || isOwnOrigin(origin, parsed);
}

/** Compares as origins are compared. Native clients write their own as wss://, or with the default port. */
function isOwnOrigin(origin: string, { hostParts, secure }: ParsedRequest): boolean {
	const normal = normalOrigin(origin);
	if (normal === null || hostParts === null) return false;
	if (normal === `https://${hostText(hostParts, "https")}`) return true;
	return !secure && normal === `http://${hostText(hostParts, "http")}`;
}

const MAX_SHOWN_CHARACTERS = 100;

/** A header of a client for messages and the log: bounded, and of printable ASCII only. */
export function shown(value: string): string {
	const printable = value.slice(0, MAX_SHOWN_CHARACTERS).replace(/[^\x20-\x7e]/g, "?");
	return value.length > MAX_SHOWN_CHARACTERS ? `${printable.slice(0, -1)}…` : printable;
}

/** What to do about a page whose origin may not connect. */
export function originFix(origin: string): string {
	const text = shown(origin);
	if (text === "null")
		return 'sandboxed pages and files (origin "null") may not connect here; the pool can admit all of them with origins = ["null"]';
	const isUsable = text === origin && normalOrigin(origin) !== null && !origin.includes("*");
	return isUsable
		? `the page's origin may not connect here; to admit it, set in the pool: origins = ["${text}"]`
		: `the page's origin may not connect here: "${text}"`;
}
