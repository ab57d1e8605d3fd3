/** Who the client is: only what the platform itself vouches for is believed. */
import type { Config } from "../config.ts";

/**
 * The client's IP address, "" when it is not known. Cloudflare overwrites CF-Connecting-IP with it; plain
 * workerd adds no header, any the client sent is a claim, and the socket's peer stands in `cf.clientIp`.
 */
export function clientAddress(config: Config, request: Request): string {
	if (config.platform === "cloudflare") return request.headers.get("cf-connecting-ip") ?? "";
	const peer = (request.cf as { clientIp?: string } | undefined)?.clientIp;
	return peer === undefined ? "" : addressOf(peer);
}

/** The address of "127.0.0.1:54372" or "[::1]:54372". */
export function addressOf(peer: string): string {
	const colon = peer.lastIndexOf(":");
	const address = colon > 0 ? peer.slice(0, colon) : peer;
	return address.startsWith("[") ? address.slice(1, -1) : address;
}
