import { Agent, request } from "node:https";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomFrom } from "../../loadtest/plan/random.ts";
import { type BadRequest, badRequest } from "../support/edge/bad-requests.ts";
import { nodeOf, type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const SEED = 20_261_123;
let rig: Rig;

beforeAll(async () => {
	rig = await startRig({ pool: { timeouts: { handshake: 5, poll: 2, post: 2, http: 5 } } });
});
afterAll(() => rig[Symbol.asyncDispose]());

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
afterAll(() => agent.destroy());

function send(bad: BadRequest): Promise<{ status: number; cors: string | undefined; body: string }> {
	const url = new URL(rig.edge.https);
	return new Promise((resolve, reject) => {
		const sent = request(
			{
				host: url.hostname,
				port: url.port,
				path: bad.target,
				method: bad.method,
				headers: { ...bad.headers, ...(bad.body === "" ? {} : { "content-length": bad.body.length }) },
				agent,
				rejectUnauthorized: false,
			},
			async (answer) => {
				const body = Buffer.concat(await answer.toArray()).toString("utf8");
				resolve({ status: answer.statusCode!, cors: answer.headers["access-control-allow-origin"], body });
			},
		);
		sent.setTimeout(15_000, () =>
			sent.destroy(new Error(`no answer to ${JSON.stringify(bad).slice(0, 300)}`)),
		);
		sent.on("error", reject);
		sent.end(bad.body);
	});
}

async function countedRequests(): Promise<number> {
	const { frontend } = (await rig.own("stats.json")) as { frontend: { counts: Record<string, number> } };
	return (frontend.counts["requests"] ?? 0) - (frontend.counts["own"] ?? 0);
}

async function expectEdgeWorks(): Promise<void> {
	for (const transport of ["polling", "websocket"] as const) {
		const socket = await rig.connect({ transports: [transport] });
		expect(await nodeOf(socket)).toMatch(/^n[123]$/);
		socket.disconnect();
	}
	for (const node of rig.nodes) expect(() => process.kill(node.pid, 0)).not.toThrow();
}

describe("bad requests", () => {
	test("from a seed, 1,000 of them, are all answered and counted, and the edge still works", {
		timeout: 60_000,
	}, async () => {
		const random = randomFrom(SEED);
		const bad = Array.from({ length: 1000 }, () => badRequest(random));
		const before = await countedRequests();
		const statuses = new Map<number, number>();
		const queue = bad.values();
		const sender = async () => {
			for (const each of queue) {
				const { status, body, cors } = await send(each);
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
				expect(body, JSON.stringify(each).slice(0, 300)).not.toMatch(/\n {4}at |worker\.js/);
				const isEdgeAnswer = status === 400 && body.startsWith('{"code"') && "origin" in each.headers;
				if (isEdgeAnswer && each.method !== "OPTIONS")
					expect(cors, JSON.stringify(each).slice(0, 300)).toBeDefined();
			}
		};
		await Promise.all(Array.from({ length: 16 }, sender));
		const unexpected = [...statuses.keys()].filter(
			(status) => ![200, 204, 400, 403, 404, 405, 413, 426].includes(status),
		);
		expect(unexpected, JSON.stringify([...statuses])).toEqual([]);
		expect((statuses.get(400) ?? 0) + (statuses.get(404) ?? 0)).toBeGreaterThan(700);
		expect((await countedRequests()) - before).toBe(1000);
		await expectEdgeWorks();
	});

	test.each([
		[
			"two Content-Length headers that differ",
			"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\n4abcGET /x HTTP/1.1\r\n\r\n",
		],
		[
			"a Content-Length and chunked encoding",
			"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /__edge/stats HTTP/1.1\r\nHost: a\r\n\r\n",
		],
		["a space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"],
		["a missing Host", "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n"],
		["two Host headers", "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
		["a header that never ends", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(300_000)}`],
		["bytes that are not HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"],
		["a Flash policy request", "<policy-file-request/>\0"],
		[
			"an upgrade without a key",
			"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
		],
		[
			"hixie-76",
			"GET /socket.io/?EIO=4&transport=flashsocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3 4\r\n\r\n12345678",
		],
		[
			"2,000 headers",
			`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 2000 }, (_, i) => `X-${i}: 1\r\n`).join("")}\r\n`,
		],
	])("as raw bytes (%s) open no session, and the edge still works", async (_what, bytes) => {
		const { hostname, port } = new URL(rig.edge.https);
		const answer = await new Promise<string>((resolve) => {
			const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
				socket.write(bytes, "latin1");
				socket.end();
			});
			const chunks: Buffer[] = [];
			socket.on("data", (chunk) => chunks.push(chunk));
			socket.on("error", () => {});
			socket.setTimeout(3000, () => socket.destroy());
			socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
		});
		expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
		expect(answer).not.toContain("EDGE_TOKEN");
		const alive = await secureFetch(`${rig.edge.https}/socket.io/?EIO=4&transport=polling`);
		expect(alive.status).toBe(200);
	});
});
