/** Who may come in under `/__edge/`: whoever holds the token; changes ask for more, so that no web page can make them. */
import { timingSafeEqual } from "hono/utils/buffer";
import type { ErrorCode } from "../errors.ts";

/** What access is judged by. Header values; null = not there. */
export interface Knock {
	readonly method: string;
	readonly authorization: string | null;
	readonly operator: string | null;
	readonly origin: string | null;
	/** The origin of the page that may make changes, as "https://edge.example.com". */
	readonly own: string;
}

/** The refusal's code; null = come in. Without a configured token nothing is here. */
export async function judgeAccess(knock: Knock, token: string): Promise<ErrorCode | null> {
	if (token === "") return "EDGE_NOT_FOUND";
	const given = tokenIn(knock.authorization);
	if (given === null || !(await timingSafeEqual(given, token))) return "EDGE_TOKEN";
	if (knock.method === "GET" || knock.method === "HEAD") return null;
	if (knock.method !== "POST") return "EDGE_NOT_FOUND";
	// A browser sends a Basic password along by itself, even for a page of another site: such a page can set
	// no header of its own without a preflight, which is never answered here, and cannot hide its origin.
	const named = knock.operator !== null && knock.operator.trim() !== "";
	return named && (knock.origin === null || knock.origin === knock.own) ? null : "EDGE_OPERATOR";
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
