/** Refusals that hold for every request, before it is routed: those that no node could answer safely. */
import type { ParsedRequest } from "../request/url.ts";
import { type Denial, denyAsEdge } from "./denial.ts";
import { shown } from "./origin.ts";

/**
 * The methods that are forwarded: those of the IANA registry which the runtime knows. TRACE and TRACK would return the
 * node secret to the client (RFC 9110 section 9.3.8), and CONNECT asks for a tunnel.
 */
const METHODS: readonly string[] = [
	"GET",
	"POST",
	"OPTIONS",
	"HEAD",
	"PUT",
	"PATCH",
	"DELETE",
	"QUERY",
	"SEARCH",
	"REPORT",
	"ACL",
	"CHECKOUT",
	"COPY",
	"LOCK",
	"MERGE",
	"MKACTIVITY",
	"MKCOL",
	"MOVE",
	"PROPFIND",
	"PROPPATCH",
	"UNLOCK",
];

/** The refusal of a request with an invalid host or method; null = it may be routed. */
export function refuse(parsed: ParsedRequest): Denial | null {
	const { method, upgrade, enginePath, host, hostParts } = parsed;
	const { origin } = parsed.headers;
	if (hostParts === null) return denyAsEdge("host", "EDGE_HOST", origin, {}, shown(host));
	if (!METHODS.includes(method))
		return denyAsEdge("method", "EDGE_METHOD", origin, { headers: { allow: METHODS.join(", ") } });
	// A WebSocket is opened by a GET (RFC 6455 section 4.1), and the runtime would send the node one, whatever the method.
	if (upgrade && method !== "GET" && enginePath === null) {
		const message = "A WebSocket is opened by a GET.";
		return denyAsEdge("method", "EDGE_METHOD", origin, { message, headers: { allow: "GET" } });
	}
	return null;
}
