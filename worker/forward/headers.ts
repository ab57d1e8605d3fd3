/** The headers a node receives: the client's, without what only a proxy may say, and what this proxy says itself. */
import { HEADERS } from "../contract.ts";
import type { Asked } from "../request/classify.ts";

/**
 * Adds the edge's own to `forwardable`, which holds none of these names, and returns it; an address or secret
 * of "" is not sent. A session's node heard of the client at the handshake: of its later requests
 * X-Forwarded-For alone says so, since each header costs a poll 1 % more.
 */
export function nodeHeaders(
	forwardable: Record<string, string>,
	asked: Asked,
	clientIp: string,
	secret: string,
): Record<string, string> {
	forwardable["x-forwarded-host"] = asked.host;
	forwardable["x-forwarded-proto"] = asked.secure ? "https" : "http";
	if (clientIp !== "") {
		forwardable["x-forwarded-for"] = clientIp;
		if (asked.sid === null) forwardable[HEADERS.clientIp] = clientIp;
	}
	if (secret !== "") forwardable[HEADERS.auth] = secret;
	return forwardable;
}
