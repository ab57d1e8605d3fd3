/** Origins of pages (RFC 6454): read from the configuration, and compared with those that clients send. */
import { list, type Reader, show } from "./fields.ts";
import { hostText, parseHost } from "./hosts.ts";

/** The origins that a pool lists. */
export interface Origins {
	/** Whether "*" is listed. */
	readonly any: boolean;
	/** Origins as `normalOrigin` gives them, and "null". */
	readonly exact: ReadonlySet<string>;
	/** Of "https://*.example.test": what stands before and after the one label. */
	readonly wildcards: readonly { readonly before: string; readonly after: string }[];
}

/** Scheme and the rest; the rest is a host, or whatever an application scheme puts there, such as an extension's id. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9._~%:[\]-]*)$/i;
const MAX_ORIGIN_CHARACTERS = 512;

/**
 * The origin in the form in which origins are compared: ws and wss as http and https, in lower case, without the default
 * port and a trailing dot of the host. Null when the text is not an origin.
 */
export function normalOrigin(text: string): string | null {
	if (text.length > MAX_ORIGIN_CHARACTERS) return null;
	const [, given, rest] = FORM.exec(text) ?? [];
	if (given === undefined || rest === undefined) return null;
	const scheme = httpScheme(given.toLowerCase());
	const host = parseHost(rest);
	if (host !== null) return `${scheme}://${hostText(host, scheme)}`;
	return isWeb(scheme) ? null : `${scheme}://${rest.toLowerCase()}`;
}

/** Whether the pool lists an origin. */
export function isListed(origin: string, { any, exact, wildcards }: Origins): boolean {
	if (any || exact.has(origin)) return true;
	if (exact.size === 0 && wildcards.length === 0) return false;
	const normal = normalOrigin(origin);
	if (normal === null) return false;
	if (exact.has(normal)) return true;
	return wildcards.some(({ before, after }) => {
		if (!normal.startsWith(before) || !normal.endsWith(after)) return false;
		return /^[a-z0-9_-]+$/.test(normal.slice(before.length, -after.length));
	});
}

const FIX =
	'write scheme and host, as "https://app.example.com", "https://*.example.com" for any one label, "capacitor://localhost" for an app, "null" for sandboxed pages, or "*" for any';

/** One entry of a pool's list: an origin to compare, or what stands before and after the one label. */
type Entry = string | Origins["wildcards"][number];

const entries = list<Entry>((item, at, problems) => {
	const entry = typeof item === "string" ? entryOf(item) : null;
	if (entry === null) problems.push(`${at}: ${show(item)} is not an origin; ${FIX}`);
	return entry ?? "";
});

/** The field `origins`. */
export const origins: Reader<Origins> = (value, at, problems) => {
	const listed = entries(value, at, problems);
	const exact = new Set(listed.filter((entry) => typeof entry === "string"));
	const wildcards = listed.filter((entry) => typeof entry !== "string");
	return { any: exact.delete("*"), exact, wildcards };
};

/** Null when the text is neither an origin nor a wildcard. */
function entryOf(text: string): Entry | null {
	if (text === "*" || text === "null") return text;
	const [, scheme, host] = /^([a-z][a-z0-9+.-]*:\/\/)\*(\..+)$/i.exec(text) ?? [];
	// "label" stands in for the "*".
	const sample = scheme === undefined ? text : `${scheme}label${host}`;
	const normal = sample.includes("*") ? null : normalOrigin(inAscii(sample));
	if (normal === null || scheme === undefined) return normal;
	const label = normal.indexOf("://") + "://".length;
	return { before: normal.slice(0, label), after: normal.slice(label + "label".length) };
}

/** Browsers send host names outside ASCII as punycode (RFC 5891). */
function inAscii(text: string): string {
	const url = /[^\x21-\x7e]/.test(text) && /^(http|ws)s?:/i.test(text) ? URL.parse(text) : null;
	return url === null || url.pathname !== "/" ? text : `${url.protocol}//${url.host}`;
}

function httpScheme(scheme: string): string {
	if (scheme === "ws") return "http";
	return scheme === "wss" ? "https" : scheme;
}

function isWeb(scheme: string): boolean {
	return scheme === "http" || scheme === "https";
}
