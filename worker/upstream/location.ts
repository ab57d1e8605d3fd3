/** Rewrites redirects to a node's own address, which applications build from the Host header. */
import { defaultPort, parseHost } from "../config/hosts.ts";
import type { Node } from "../config/pool.ts";
import type { ParsedRequest } from "../request/url.ts";

/** Headers with an address of what the answer is about (RFC 9110 sections 10.2.2 and 8.7). */
const ADDRESSES = ["location", "content-location"] as const;

const STATUS_CREATED = 201;

/**
 * The answer, with the node's own address in Location and Content-Location replaced by the one that the client used:
 * clients cannot reach the node, and its address must not become public. Only redirects and 201 are read, so
 * that a poll's answer costs no look-up.
 */
export function withPublicLocation(response: Response, node: Node, parsed: ParsedRequest): Response {
	const { status } = response;
	if (status !== STATUS_CREATED && (status < 300 || status > 399)) return response;
	let copy = response;
	for (const name of ADDRESSES) {
		const given = response.headers.get(name);
		const rest = given === null ? null : restOnNode(given, node);
		if (rest === null) continue;
		if (copy === response) copy = new Response(response.body, response);
		copy.headers.set(name, `${parsed.secure ? "https" : "http"}://${parsed.host}${rest}`);
	}
	return copy;
}

/** Scheme, if there is one, host, and the rest: an absolute or a protocol-relative address (RFC 3986 section 4.2). */
const ADDRESS = /^(?:(https?):)?\/\/([^/?#\\]*)(.*)$/is;

/**
 * The part after the authority of an address on the node, whatever the scheme; null for an address elsewhere. An address without a port is on the node too: applications that take scheme and host from different
 * headers write https:// and the node's host, where nothing listens.
 */
function restOnNode(address: string, node: Node): string | null {
	const [, scheme, authority, rest] = ADDRESS.exec(address) ?? [];
	const host = authority === undefined ? null : parseHost(authority);
	if (host === null || rest === undefined) return null;
	const [nodeScheme, nodeAuthority] = node.url.split("://") as [string, string];
	const own = parseHost(nodeAuthority);
	if (own === null || host.name !== own.name) return null;
	const ownPort = own.port ?? defaultPort(nodeScheme);
	const port = host.port ?? (scheme === undefined ? null : defaultPort(scheme.toLowerCase()));
	return host.port === null || port === ownPort ? rest : null;
}
