/** Hosts as they are compared: letter case, a trailing dot and the default port make no difference (RFC 9110 section 4.2.3). */
import { isAddress6 } from "./addresses.ts";

/** A host name or address, and its port; null = none was written. */
export interface Host {
	/** In lower case, without a trailing dot; IPv6 addresses in brackets. */
	readonly name: string;
	readonly port: number | null;
}

/** Names of letters, digits, dash and underscore; no empty label but a last one. The port may be empty (RFC 3986 section 3.2.3). */
const NAME = /^([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::(\d{0,5}))?$/i;
const BRACKETS = /^\[([0-9a-f:.]+)\](?::(\d{0,5}))?$/i;
const MAX_HOST_CHARACTERS = 262;
const MAX_PORT = 65_535;

/** The host in a Host header, a URL or the configuration; null when it is not one. */
export function parseHost(text: string): Host | null {
	if (text.length > MAX_HOST_CHARACTERS) return null;
	const [, name, port = ""] = NAME.exec(text) ?? BRACKETS.exec(text) ?? [];
	if (name === undefined || Number(port) > MAX_PORT) return null;
	const inBrackets = text.startsWith("[");
	if (inBrackets && !isAddress6(name)) return null;
	const lower = name.toLowerCase();
	return { name: inBrackets ? `[${lower}]` : lower, port: port === "" ? null : Number(port) };
}

/** The port of a scheme that has a default one; null for all others. */
export function defaultPort(scheme: string): number | null {
	if (scheme === "https" || scheme === "wss") return 443;
	return scheme === "http" || scheme === "ws" ? 80 : null;
}

/** The host as text, without the default port of `scheme`. */
export function hostText({ name, port }: Host, scheme: string): string {
	return port === null || port === defaultPort(scheme) ? name : `${name}:${port}`;
}
