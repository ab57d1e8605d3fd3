/** Edge-only access: whether a request came from the edge, and whether to trust its client address. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { HEADERS } from "../../worker/contract.ts";

/** 16 random characters cannot be guessed over a network. */
export const MIN_SECRET_LENGTH = 16;

/** Visible ASCII without commas: a secret must fit in one header value and in a comma-separated list. */
const SECRET = /^[!-+\--~]+$/;

/** Requests that carried a valid secret. */
const fromEdge = new WeakSet<IncomingMessage>();

/** Reads a comma-separated list of secrets. Returns the secrets, or an error message that does not reveal them. */
export function readSecrets(text: string): string[] | string {
	const secrets = text
		.split(",")
		.map((secret) => secret.trim())
		.filter((secret) => secret !== "");
	for (const [index, secret] of secrets.entries()) {
		if (secret.length < MIN_SECRET_LENGTH)
			return `secret ${index + 1} has ${secret.length} characters; use at least ${MIN_SECRET_LENGTH}`;
		if (!SECRET.test(secret))
			return `secret ${index + 1} has a character that is not allowed; use visible ASCII without spaces`;
	}
	return secrets;
}

/** Returns a check for the `x-edge-auth` value. All `secrets` are valid at once, so that they can be rotated. */
export function secretVerifier(secrets: readonly string[]): (value: string | undefined) => boolean {
	// timingSafeEqual needs equal lengths; digests have that, and they hide the length of the secret.
	const digests = secrets.map(digest);
	return (value) => {
		if (value === undefined) return false;
		const received = digest(value);
		let isValid = false;
		for (const expected of digests) isValid = timingSafeEqual(received, expected) || isValid;
		return isValid;
	};
}

/** Records that `request` carried a valid secret. */
export function markFromEdge(request: IncomingMessage): void {
	fromEdge.add(request);
}

/**
 * The client's address: as the edge saw it if the request carried a valid secret, otherwise the remote address
 * of the connection. For a socket: `clientAddress(socket.request)`.
 */
export function clientAddress(request: IncomingMessage): string {
	const remote = request.socket.remoteAddress ?? "";
	if (!fromEdge.has(request)) return remote;
	const claimed = request.headers[HEADERS.clientIp];
	return typeof claimed === "string" && isIP(claimed) !== 0 ? claimed : remote;
}

function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
