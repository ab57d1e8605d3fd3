import { once } from "node:events";
import { type AddressInfo, connect, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { flashPolicyServer, POLICY_REQUEST, POLICY_RESPONSE } from "../../../origin/demo/flash-policy.ts";

let server: Server;
afterEach(() => void server.close());

async function request(pieces: readonly Buffer[], timeoutMs = 5_000): Promise<Buffer> {
	server = flashPolicyServer(timeoutMs).listen(0, "127.0.0.1");
	await once(server, "listening");
	const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
	socket.setNoDelay(true);
	const chunks: Buffer[] = [];
	socket.on("data", (chunk) => chunks.push(chunk));
	// The server closes the connection at the first wrong byte; writing the rest may then fail.
	socket.on("error", () => {});
	for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
	if (!socket.destroyed) await once(socket, "close");
	return Buffer.concat(chunks);
}

test("the request of 23 bytes gets the response of 206 bytes, and the connection is closed", async () => {
	expect(POLICY_REQUEST).toHaveLength(23);
	const response = await request([POLICY_REQUEST]);
	expect(response).toHaveLength(206);
	expect(response.toString()).toMatch(
		/<allow-access-from domain="\*" to-ports="\*"\/><\/cross-domain-policy>$/,
	);
});

test("a request that arrives byte by byte gets the response too", async () => {
	expect(await request([...POLICY_REQUEST].map((byte) => Buffer.from([byte])))).toEqual(POLICY_RESPONSE);
});

test.each(["GET / HTTP/1.1\r\n\r\n", "<policy-file-requesT/>\0", "\0"])(
	"the invalid request %j closes the connection without a response",
	async (text) => {
		expect(await request([Buffer.from(text)])).toHaveLength(0);
	},
);

test("a client that does not finish its request is disconnected at the timeout", async () => {
	expect(await request([POLICY_REQUEST.subarray(0, 22)], 50)).toHaveLength(0);
});
