import { once } from "node:events";
import { type AddressInfo, connect, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { flashPolicyServer, POLICY_ANSWER, POLICY_REQUEST } from "../../../origin/demo/flash-policy.ts";

let server: Server;
afterEach(() => void server.close());

async function ask(pieces: readonly Buffer[], timeLimit = 5_000): Promise<Buffer> {
	server = flashPolicyServer(timeLimit).listen(0, "127.0.0.1");
	await once(server, "listening");
	const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
	socket.setNoDelay(true);
	const chunks: Buffer[] = [];
	socket.on("data", (chunk) => chunks.push(chunk));
	// The server cuts wrong questions, and the rest of one may then meet a reset.
	socket.on("error", () => {});
	for (const piece of pieces) await new Promise((sent) => socket.write(piece, sent));
	if (!socket.destroyed) await once(socket, "close");
	return Buffer.concat(chunks);
}

test("the question of 23 bytes gets the answer of 206 bytes, and the connection is closed", async () => {
	expect(POLICY_REQUEST).toHaveLength(23);
	const answer = await ask([POLICY_REQUEST]);
	expect(answer).toHaveLength(206);
	expect(answer.toString()).toMatch(
		/<allow-access-from domain="\*" to-ports="\*"\/><\/cross-domain-policy>$/,
	);
});

test("a question that arrives byte by byte is answered too", async () => {
	expect(await ask([...POLICY_REQUEST].map((byte) => Buffer.from([byte])))).toEqual(POLICY_ANSWER);
});

test.each(["GET / HTTP/1.1\r\n\r\n", "<policy-file-requesT/>\0", "\0"])(
	"%j is cut without an answer",
	async (text) => {
		expect(await ask([Buffer.from(text)])).toHaveLength(0);
	},
);

test("a client that never finishes its question is let go at the time limit", async () => {
	expect(await ask([POLICY_REQUEST.subarray(0, 22)], 50)).toHaveLength(0);
});
