/** Strict-Transport-Security (RFC 6797). */
import { type Asked, hostName } from "./classify.ts";
import { isLoopback } from "./redirect.ts";

/**
 * Adds it to a page, where browsers learn it. Engine.IO answers go out untouched, which saves a copy of
 * each, and so does a 101: a copy that loses its socket is a dead connection. Never on loopback, where it
 * would break every other development server of the person.
 */
export function withHsts(response: Response, asked: Asked, seconds: number): Response {
	if (seconds === 0 || !asked.secure || asked.engine !== null || response.status === 101) return response;
	if (isLoopback(hostName(asked.host))) return response;
	const copy = new Response(response.body, response);
	copy.headers.set("strict-transport-security", `max-age=${seconds}`);
	return copy;
}
