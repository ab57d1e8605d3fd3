import { describe, expect, test } from "vitest";
import { clientAddress } from "../../../origin/node/attach.ts";
import { withoutFlashsocket } from "../../../origin/node/gate.ts";
import { connectClient, rawRequest, startTestNode, upgradeRequest } from "../../support/origin/node.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const UPGRADE = "/socket.io/?EIO=4&transport=websocket";
const SECRET = "a-secret-of-the-edge";
const NEXT_SECRET = "the-next-secret-0123";

test.each([
	["/socket.io/?EIO=4&transport=flashsocket", "/socket.io/?EIO=4&transport=websocket"],
	["/socket.io/?transport=flashsocket&EIO=4&x=%20", "/socket.io/?transport=websocket&EIO=4&x=%20"],
])("%s is served as %s", (url, renamed) => {
	expect(withoutFlashsocket(url)).toBe(renamed);
});

test.each([
	"/socket.io/?EIO=4&transport=websocket",
	"/socket.io/?EIO=4&transport=flashsockets",
	"/socket.io/?EIO=4&mytransport=flashsocket",
	"/transport=flashsocket",
])("%s does not ask for flashsocket and stays unchanged", (url) => {
	expect(withoutFlashsocket(url)).toBe(url);
});

describe("a node with secrets", () => {
	test.each([undefined, "wrong-secret-of-an-edge", `${SECRET}x`])(
		"answers 403 to every request with the secret %s",
		async (secret) => {
			await using node = await startTestNode({ secrets: [SECRET] });
			const headers = secret === undefined ? {} : { "x-edge-auth": secret };
			for (const path of [HANDSHAKE, "/", "/healthz", `${HANDSHAKE}&sid=d0N45678901234567890`])
				expect((await fetch(node.url + path, { headers })).status, path).toBe(403);
			const lines = secret === undefined ? [] : [`X-Edge-Auth: ${secret}`];
			expect(await rawRequest(node.port, upgradeRequest(UPGRADE, lines))).toMatch(/^HTTP\/1\.1 403 /);
			expect(node.edge.health().opened).toBe(0);
		},
	);

	test("serves the edge with the old and the new secret, and trusts the client address it sends", async () => {
		await using node = await startTestNode({ secrets: [SECRET, NEXT_SECRET] });
		for (const secret of [SECRET, NEXT_SECRET])
			for (const transport of ["polling", "websocket"]) {
				const seen = new Promise((resolve) =>
					node.io.once("connection", (socket) => resolve(clientAddress(socket.request))),
				);
				const extraHeaders = { "x-edge-auth": secret, "x-edge-client-ip": "203.0.113.7" };
				using client = await connectClient(node.url, [transport], { extraHeaders });
				expect(await seen).toBe("203.0.113.7");
				expect(await client.emitWithAck("echo", transport)).toBe(transport);
			}
	});
});

test("a node without secrets ignores the client address in a request", async () => {
	await using node = await startTestNode();
	const seen = new Promise((resolve) =>
		node.io.once("connection", (socket) => resolve(clientAddress(socket.request))),
	);
	using _client = await connectClient(node.url, ["polling"], {
		extraHeaders: { "x-edge-auth": SECRET, "x-edge-client-ip": "203.0.113.7" },
	});
	expect(await seen).toBe("127.0.0.1");
});
