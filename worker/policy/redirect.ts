/** Plain http and Strict-Transport-Security. */
import type { Settings } from "../config/config.ts";
import { hostName, type ParsedRequest } from "../request/url.ts";

export type PlainHttpDecision =
	| { readonly kind: "serve" }
	| { readonly kind: "refuse" }
	| { readonly kind: "redirect"; readonly location: string };

const SERVE: PlainHttpDecision = { kind: "serve" };
const REFUSE: PlainHttpDecision = { kind: "refuse" };

/**
 * What to do with a request: https is served; http is redirected with 308 (RFC 9110 section 15.4.9, which
 * keeps method and body) to the same path and query; an http upgrade is refused, since browsers do not
 * follow redirects of a WebSocket handshake. `httpsPort` is "" or ":8443".
 */
export function decidePlainHttp(
	parsed: ParsedRequest,
	rule: Settings["redirect"],
	httpsPort: string,
): PlainHttpDecision {
	if (parsed.secure || rule === "never") return SERVE;
	const name = hostName(parsed.host);
	if (rule === "except-loopback" && isLoopback(name)) return SERVE;
	if (parsed.upgrade) return REFUSE;
	return { kind: "redirect", location: `https://${name}${httpsPort}${parsed.path}${parsed.search}` };
}

/**
 * Adds Strict-Transport-Security (RFC 6797). Never on a 101, since a copy loses its WebSocket, and never on loopback,
 * where it would break other development servers.
 */
export function withHsts(response: Response, parsed: ParsedRequest, seconds: number): Response {
	if (seconds === 0 || !parsed.secure || response.status === 101) return response;
	if (isLoopback(hostName(parsed.host))) return response;
	const copy = new Response(response.body, response);
	copy.headers.set("strict-transport-security", `max-age=${seconds}`);
	return copy;
}

/** Whether a host name, in any spelling, means this machine (RFC 6761 section 6.3). */
export function isLoopback(written: string): boolean {
	const name = written.toLowerCase().replace(/\.$/, "");
	return (
		name === "localhost" ||
		name.endsWith(".localhost") ||
		name === "[::1]" ||
		/^127(\.\d{1,3}){3}$/.test(name)
	);
}
