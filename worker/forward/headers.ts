/** The headers a node receives: the client's, without what only a proxy may say, and what this proxy says itself. */
import { HEADERS } from "../contract.ts";
import type { Asked } from "../request/classify.ts";

/**
 * Adds the edge's own to `forwardable`, which holds none of these names, and returns it; an address or secret
 * of "" is not sent. A session's node heard of host and client when it opened: its polls and posts say only
 * what a proxy on their way may go by, since each header costs a poll more than 1 %.
 */
export function nodeHeaders(
	forwardable: Record<string, string>,
	asked: Asked,
	clientIp: string,
	secret: string,
): Record<string, string> {
	forwardable["x-forwarded-proto"] = asked.secure ? "https" : "http";
	if (clientIp !== "") forwardable["x-forwarded-for"] = clientIp;
	if (secret !== "") forwardable[HEADERS.auth] = secret;
	if (asked.sid !== null && !asked.upgrade) return forwardable;
	forwardable["x-forwarded-host"] = asked.host;
	if (clientIp !== "") forwardable[HEADERS.clientIp] = clientIp;
	return forwardable;
}
