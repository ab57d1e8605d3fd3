/** Edge-only access: who sent a request, and whether to believe what it says of its client. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { HEADERS } from "../../worker/contract.ts";

/** The fewest characters of a secret: 16 random ones are out of reach for guessing over a network. */
export const SECRET_LEAST = 16;

/** Visible ASCII without comma, so that a secret is one header value and one item of a list. */
const SECRET = /^[!-+\--~]+$/;

/** Requests that proved to come from the edge. */
const proved = new WeakSet<IncomingMessage>();

/** Reads a comma-separated list of secrets. Returns them, or a sentence that names no secret. */
export function readSecrets(text: string): string[] | string {
	const secrets = text
		.split(",")
		.map((secret) => secret.trim())
		.filter((secret) => secret !== "");
	for (const [index, secret] of secrets.entries()) {
		if (secret.length < SECRET_LEAST)
			return `secret ${index + 1} has ${secret.length} characters: give at least ${SECRET_LEAST}`;
		if (!SECRET.test(secret)) return `secret ${index + 1} has a character that is not visible ASCII`;
	}
	return secrets;
}

/** A check of the `x-edge-auth` value. Several secrets are valid at once, so that they can be rotated. */
export function secretCheck(secrets: readonly string[]): (given: string | undefined) => boolean {
	// Digests are of one length, which timingSafeEqual needs and which hides the secret's own length.
	const digests = secrets.map(digest);
	return (given) => {
		if (given === undefined) return false;
		const asked = digest(given);
		let valid = false;
		for (const expected of digests) valid = timingSafeEqual(asked, expected) || valid;
		return valid;
	};
}

/** Notes that `request` came through the edge. */
export function markProved(request: IncomingMessage): void {
	proved.add(request);
}

/**
 * The client's address: as the edge saw it when the request proved to come from the edge (secrets set, and
 * one of them sent), else the peer of the connection. For a socket: `clientAddress(socket.request)`.
 */
export function clientAddress(request: IncomingMessage): string {
	const peer = request.socket.remoteAddress ?? "";
	if (!proved.has(request)) return peer;
	const told = request.headers[HEADERS.clientIp];
	return typeof told === "string" && isIP(told) !== 0 ? told : peer;
}

function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
