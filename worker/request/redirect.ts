/** Plain http: where it goes, and what is refused there. */
import type { Settings } from "../config.ts";
import { type Asked, hostName } from "./classify.ts";

export type PlainVerdict =
	| { readonly kind: "serve" }
	| { readonly kind: "refuse" }
	| { readonly kind: "redirect"; readonly to: string };

const SERVE: PlainVerdict = { kind: "serve" };
const REFUSE: PlainVerdict = { kind: "refuse" };

/**
 * Decides for one request: https is served; http is answered with 308 (RFC 9110 section 15.4.9, which
 * keeps method and body) to the same path and query; an http upgrade is refused, since browsers follow
 * no redirect on a WebSocket handshake. `httpsPort` is "" or ":8443".
 */
export function judgePlain(asked: Asked, rule: Settings["redirect"], httpsPort: string): PlainVerdict {
	if (asked.secure || rule === "never") return SERVE;
	const name = hostName(asked.host);
	if (rule === "except-loopback" && isLoopback(name)) return SERVE;
	if (asked.upgrade) return REFUSE;
	return { kind: "redirect", to: `https://${name}${httpsPort}${asked.path}${asked.search}` };
}

/** Whether a host name means this machine (RFC 6761 section 6.3). */
export function isLoopback(name: string): boolean {
	return (
		name === "localhost" ||
		name.endsWith(".localhost") ||
		name === "[::1]" ||
		/^127(\.\d{1,3}){3}$/.test(name)
	);
}
