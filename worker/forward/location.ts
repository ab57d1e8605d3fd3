/** Redirects of a node that wrote its own address into them, as applications do that go by the Host header. */
import type { Node } from "../pool.ts";
import type { Asked } from "../request/classify.ts";

/**
 * The answer, with a Location (RFC 9110 section 10.2.2) that points at the node pointed at the edge instead:
 * clients cannot reach the node, and its address is nobody's business.
 */
export function outwardLocation(response: Response, node: Node, asked: Asked): Response {
	if (response.status < 300 || response.status > 399) return response;
	const location = response.headers.get("location");
	if (location === null || !isBelow(location, node.url)) return response;
	const copy = new Response(response.body, response);
	copy.headers.set(
		"location",
		`${asked.secure ? "https" : "http"}://${asked.host}${location.slice(node.url.length)}`,
	);
	return copy;
}

function isBelow(location: string, origin: string): boolean {
	return (
		location.startsWith(origin) &&
		(location.length === origin.length || /[/?#]/.test(location.charAt(origin.length)))
	);
}
