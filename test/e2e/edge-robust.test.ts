import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, it } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

/** Writes bytes over TLS, and disconnects once they were sent. */
async function writeAndLeave(rig: Rig, text: string): Promise<void> {
	const url = new URL(rig.edge.https);
	const wire = tcpConnect(Number(url.port), url.hostname);
	const socket = tlsConnect({ socket: wire, ca: rig.ca, servername: "localhost" });
	socket.on("error", () => {});
	await new Promise<void>((resolve) => socket.write(text, () => resolve()));
	wire.destroy();
}

/** A node that answers every request with `answer`. */
async function startOddNode(answer: RequestListener) {
	const server = createServer(answer);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

describe("a client", () => {
	it("cannot make a node look failed by disconnecting during a body, or by a GET with a body", async () => {
		await using rig = await startRig();
		const { host } = new URL(rig.edge.https);
		const of = (id: string) => `${HANDSHAKE}&sid=${tagOf(id)}${"A".repeat(17)}`;
		for (let i = 0; i < 4; i++)
			for (const id of ["n1", "n2", "n3"])
				await writeAndLeave(
					rig,
					`POST ${of(id)} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\n\r\nhello`,
				);
		for (let i = 0; i < 4; i++)
			await writeAndLeave(rig, `GET /who HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\n\r\nhello`);
		for (let i = 0; i < 6; i++) expect((await secureFetch(rig.edge.https + HANDSHAKE)).status).toBe(200);
	});

	it("cannot bypass policy on the Engine.IO path with dot segments", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		const { host } = new URL(rig.edge.https);
		for (const path of ["/x/../socket.io/", "/x/%2e%2e/socket.io/", "/./socket.io/"]) {
			const url = new URL(rig.edge.https);
			const wire = tcpConnect(Number(url.port), url.hostname);
			const socket = tlsConnect({ socket: wire, ca: rig.ca, servername: "localhost" });
			socket.write(
				`GET ${path}?EIO=4&transport=polling HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.test\r\nConnection: close\r\n\r\n`,
			);
			const answer = Buffer.concat(await socket.toArray()).toString();
			expect(answer).toMatch(/^HTTP\/1\.1 403 /);
		}
	});
});

describe("a node whose handshake body", () => {
	it.each([
		["never ends", (response: import("node:http").ServerResponse) => response.flushHeaders()],
		[
			"breaks off",
			(response: import("node:http").ServerResponse) => {
				response.write('0{"sid');
				setImmediate(() => response.destroy());
			},
		],
	])("%s does not prevent a session: another node opens it in time", async (_how, answer) => {
		await using good = await startRig({ nodes: [{ id: "n2" }] });
		await using odd = await startOddNode((_request, response) => {
			response.setHeader("content-length", "118");
			answer(response);
		});
		const nodes = [
			{ id: "n1", url: odd.url },
			{ id: "n2", url: good.nodes[0]!.url },
		];
		const variables = { POOL_APP: { nodes, balance: "roundrobin", timeouts: { handshake: 1 } } };
		await using edge = await startEdge({ ...(await edgeDefaults()), variables });
		for (let i = 0; i < 2; i++) {
			const { status, body } = await secureFetch(edge.https + HANDSHAKE, { limit: 5000 });
			expect([status, /"sid":"(...)/.exec(body)?.[1]]).toEqual([200, tagOf("n2")]);
		}
	});
});

describe("a pool with source stickiness whose node is full", () => {
	it("answers 503, since a session on another node could not be found again", async () => {
		await using rig = await startRig({
			nodes: [
				{ id: "n1", limit: 1 },
				{ id: "n2", limit: 1 },
			],
			pool: { stickiness: "source" },
		});
		expect((await secureFetch(rig.edge.https + HANDSHAKE)).status).toBe(200);
		expect((await secureFetch(rig.edge.https + HANDSHAKE)).status).toBe(503);
	});
});
