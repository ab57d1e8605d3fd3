/**
 * The Flash policy server: raw TCP, one request, one response. Flash Player sent this request before it opened
 * a socket. The response is that of Socket.IO 0.9: 206 bytes without a trailing NUL, ended by the close.
 */
import { createServer, type Server, type Socket } from "node:net";

/** What a Flash player sends: 23 bytes including the NUL. */
export const POLICY_REQUEST = Buffer.from("<policy-file-request/>\0");

/** The policy: any origin, any port. */
export const POLICY_RESPONSE = Buffer.from(
	'<?xml version="1.0"?>' +
		'<!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">' +
		'<cross-domain-policy><allow-access-from domain="*" to-ports="*"/></cross-domain-policy>',
);

/** A client whose request is not complete by then is disconnected. */
const REQUEST_TIMEOUT_MS = 5_000;

/** A server, not listening yet, that answers the policy request and closes the connection; other input closes it at once. */
export function flashPolicyServer(timeoutMs: number = REQUEST_TIMEOUT_MS): Server {
	return createServer((socket) => answerPolicyRequest(socket, timeoutMs));
}

function answerPolicyRequest(socket: Socket, timeoutMs: number): void {
	let received = Buffer.alloc(0);
	// Not socket.setTimeout, which every byte received would restart.
	const timer = setTimeout(() => socket.destroy(), timeoutMs);
	socket.once("close", () => clearTimeout(timer));
	socket.on("error", () => socket.destroy());
	socket.on("data", (chunk) => {
		received = Buffer.concat([received, chunk]);
		const expected = POLICY_REQUEST.subarray(0, received.length);
		if (!received.subarray(0, POLICY_REQUEST.length).equals(expected)) socket.destroy();
		else if (received.length >= POLICY_REQUEST.length) socket.end(POLICY_RESPONSE);
	});
}
