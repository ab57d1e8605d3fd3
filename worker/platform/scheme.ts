/** Whether a client's connection is encrypted, as far as that can be known. */
import type { Config } from "../config.ts";
import type { Asked } from "../request/classify.ts";
import { isWithin } from "./address.ts";
import { peerOf } from "./client-address.ts";

/** The request as a trusted proxy in front received it: one that ends TLS says so in X-Forwarded-Proto. */
export function behindProxy(config: Config, request: Request, asked: Asked): Asked {
	const { trusted_proxies: trusted } = config.settings;
	if (trusted.length === 0 || config.platform === "cloudflare" || asked.secure) return asked;
	const peer = peerOf(request);
	const told = request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim();
	return told === "https" && trusted.some((range) => isWithin(peer, range))
		? { ...asked, secure: true }
		: asked;
}
