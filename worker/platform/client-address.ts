/** Who the client is: only what the platform itself vouches for is believed. */
import type { Config } from "../config.ts";
import { addressOf, isWithin } from "./address.ts";

/**
 * The client's IP address, "" when it is not known. Cloudflare overwrites CF-Connecting-IP with it. Plain
 * workerd adds no header, any the client sent is a claim, and the socket's peer stands in `cf.clientIp`;
 * behind a trusted proxy the right-most address that is not a trusted proxy's own is the client.
 */
export function clientAddress(config: Config, request: Request): string {
	if (config.platform === "cloudflare") return request.headers.get("cf-connecting-ip") ?? "";
	const peer = peerOf(request);
	const { trusted_proxies: trusted } = config.settings;
	if (trusted.length === 0) return peer;
	return rightmostUntrusted(peer, request.headers.get("x-forwarded-for"), trusted);
}

/** The address of the socket's other end, as plain workerd tells it; "" where it does not. */
export function peerOf(request: Request): string {
	return addressOf((request.cf as { clientIp?: string } | undefined)?.clientIp ?? "");
}

/** Walks X-Forwarded-For from the right for as long as the one who wrote an entry is trusted. */
export function rightmostUntrusted(
	peer: string,
	forwardedFor: string | null,
	trusted: readonly string[],
): string {
	let address = peer;
	const entries = (forwardedFor ?? "").split(",").map((entry) => entry.trim());
	for (let i = entries.length - 1; i >= 0; i--) {
		if (!trusted.some((range) => isWithin(address, range))) return address;
		const entry = addressOf(entries[i]!);
		if (!/^[0-9a-fA-F.:]+$/.test(entry)) return address;
		address = entry;
	}
	return address;
}
