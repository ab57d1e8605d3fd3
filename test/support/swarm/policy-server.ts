/** A Flash policy server for tests. */
import { type AddressInfo, createServer } from "node:net";

const POLICY =
	'<?xml version="1.0"?><cross-domain-policy><allow-access-from domain="*" to-ports="*"/></cross-domain-policy>\0';

/** Answers any request on a free port with `answer`. */
export async function startPolicyServer(answer = POLICY): Promise<{ port: number; close(): Promise<void> }> {
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", () => socket.end(answer));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}
