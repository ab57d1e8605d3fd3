/** Authorization for `/__edge/`: reading needs the token, and changes need more, so that no other site's page can make them. */
import type { ErrorCode } from "../errors.ts";

/** The parts of a request that access depends on. Header values; null = missing. */
export interface AccessRequest {
	readonly method: string;
	readonly authorization: string | null;
	readonly operator: string | null;
	readonly origin: string | null;
	/** The edge's own origin, whose pages may make changes, as "https://edge.example.com". */
	readonly ownOrigin: string;
}

/** Checks authorization for `/__edge/`; null = allowed. Without a configured token every path answers 404. */
export async function checkAccess(request: AccessRequest, token: string): Promise<ErrorCode | null> {
	if (token === "") return "EDGE_NOT_FOUND";
	const given = tokenIn(request.authorization);
	if (given === null || !(await isEqual(given, token))) return "EDGE_TOKEN";
	if (request.method === "GET" || request.method === "HEAD") return null;
	if (request.method !== "POST") return "EDGE_NOT_FOUND";
	// Browsers send a Basic password also with requests from other sites' pages. Such a page cannot set
	// x-edge-operator without a preflight, which is never granted here, and cannot hide its origin.
	const named = request.operator !== null && request.operator.trim() !== "";
	return named && (request.origin === null || request.origin === request.ownOrigin) ? null : "EDGE_OPERATOR";
}

/** Compares digests, which have equal lengths, in constant time (developers.cloudflare.com, Web Crypto). */
async function isEqual(given: string, token: string): Promise<boolean> {
	const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return crypto.subtle.timingSafeEqual(await digest(given), await digest(token));
}

/** The token in an Authorization header: Bearer (RFC 6750), or the password of Basic (RFC 7617); null = none. */
export function tokenIn(authorization: string | null): string | null {
	const [, scheme = "", value = ""] = /^([A-Za-z]+) +(\S+) *$/.exec(authorization ?? "") ?? [];
	if (scheme.toLowerCase() === "bearer") return value;
	if (scheme.toLowerCase() !== "basic") return null;
	try {
		const pair = new TextDecoder().decode(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)));
		const colon = pair.indexOf(":");
		return colon < 0 ? null : pair.slice(colon + 1);
	} catch {
		return null;
	}
}
