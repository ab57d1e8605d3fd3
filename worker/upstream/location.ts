/** Rewrites redirects to a node's own address, which applications build from the Host header. */
import type { Node } from "../config/pool.ts";
import type { ParsedRequest } from "../request/url.ts";

/**
 * The answer, with a Location (RFC 9110 section 10.2.2) on the node replaced by the same path on the edge:
 * clients cannot reach the node, and its address must not become public.
 */
export function withPublicLocation(response: Response, node: Node, parsed: ParsedRequest): Response {
	if (response.status < 300 || response.status > 399) return response;
	const location = response.headers.get("location");
	if (location === null || !isOnOrigin(location, node.url)) return response;
	const copy = new Response(response.body, response);
	copy.headers.set(
		"location",
		`${parsed.secure ? "https" : "http"}://${parsed.host}${location.slice(node.url.length)}`,
	);
	return copy;
}

function isOnOrigin(location: string, origin: string): boolean {
	return (
		location.startsWith(origin) &&
		(location.length === origin.length || /[/?#]/.test(location.charAt(origin.length)))
	);
}
