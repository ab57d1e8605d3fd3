/**
 * The Flash policy server: raw TCP, one question, one answer. Flash asked it before it opened a socket;
 * the answer is the 206 bytes of Socket.IO 0.9 (no trailing NUL, the close ends it).
 */
import { createServer, type Server, type Socket } from "node:net";

/** What a Flash player sends: 23 bytes, NUL included. */
export const POLICY_REQUEST = Buffer.from("<policy-file-request/>\0");

/** What it gets: any origin, any port. */
export const POLICY_ANSWER = Buffer.from(
	'<?xml version="1.0"?>' +
		'<!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">' +
		'<cross-domain-policy><allow-access-from domain="*" to-ports="*"/></cross-domain-policy>',
);

/** A client that has not asked by then is let go, milliseconds. */
export const POLICY_TIME_LIMIT = 5_000;

/** A server, not listening yet, that answers the policy request and closes; anything else is cut. */
export function flashPolicyServer(timeLimit: number = POLICY_TIME_LIMIT): Server {
	return createServer((socket) => answerPolicy(socket, timeLimit));
}

function answerPolicy(socket: Socket, timeLimit: number): void {
	let received = Buffer.alloc(0);
	// A timer of its own, not socket.setTimeout: single bytes must not keep the connection open.
	const timer = setTimeout(() => socket.destroy(), timeLimit);
	socket.once("close", () => clearTimeout(timer));
	socket.on("error", () => socket.destroy());
	socket.on("data", (chunk) => {
		received = Buffer.concat([received, chunk]);
		const asked = POLICY_REQUEST.subarray(0, received.length);
		if (!received.subarray(0, POLICY_REQUEST.length).equals(asked)) socket.destroy();
		else if (received.length >= POLICY_REQUEST.length) socket.end(POLICY_ANSWER);
	});
}
