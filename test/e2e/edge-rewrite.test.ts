import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { Server } from "socket.io";
import { describe, expect, it, test } from "vitest";
import { PROJECT } from "../../worker/command-line/project.ts";
import { tagOf } from "../../worker/contract.ts";
import { startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const TAG = tagOf("n1");
/** Ends with bytes that are not UTF-8, as a binary packet of Engine.IO 3 may. */
const OPEN = Buffer.from('0{"sid":"abcdefghij0123456789","upgrades":[]}\x1e\xff\xfe\x80', "latin1");
const TAGGED = OPEN.toString("latin1").replace("abc", `${TAG}abc`);

/** What a node answers to a handshake. */
interface Handshake {
	readonly body: Buffer;
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
	/** Without a Content-Length. */
	readonly chunked?: boolean;
}

async function listen(server: HttpServer): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Servers that answer handshakes with the first answer that `answers` has left, and an edge in front of them. */
async function startStubs(...nodes: readonly ((headers: object) => Handshake)[]) {
	await using parts = new AsyncDisposableStack();
	const urls: string[] = [];
	for (const node of nodes) {
		const handler: RequestListener = (request, response) => {
			if (!request.url!.startsWith("/socket.io/")) return response.end();
			const { body, headers, chunked = false } = node(request.headers);
			response.writeHead(200, { ...headers, ...(chunked ? {} : { "content-length": body.length }) } as never);
			return response.end(body);
		};
		const server = createServer(handler);
		parts.defer(() => server.closeAllConnections());
		parts.defer(() => void server.close());
		urls.push(await listen(server));
	}
	const pool = { stickiness: "rewrite", balance: "roundrobin", origins: ["https://app.test"] };
	const list = urls.map((url, i) => ({ id: `n${i + 1}`, url }));
	const rig = parts.use(await startRig({ nodes: [], variables: { POOL_APP: { ...pool, nodes: list } } }));
	const running = parts.move();
	return { rig, edge: rig.edge.https, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

describe("with rewrite on workerd, a handshake", () => {
	const ENCODINGS: readonly (readonly [
		name: string,
		encoding: string | null,
		encode: (b: Buffer) => Buffer,
	])[] = [
		["no encoding", null, (body) => body],
		["gzip", "gzip", gzipSync],
		["x-gzip", "x-gzip", gzipSync],
		["br", "br", brotliCompressSync],
		["deflate", "deflate", deflateSync],
		["deflate without zlib's header", "deflate", deflateRawSync],
	];

	it("gets the tag and keeps its other bytes and headers in every encoding, chunked and with a Content-Length", async () => {
		let next: Handshake = { body: OPEN };
		await using stubs = await startStubs(() => next);
		for (const [name, encoding, encode] of ENCODINGS)
			for (const chunked of [false, true]) {
				const coding = encoding === null ? {} : { "content-encoding": encoding };
				next = {
					body: encode(OPEN),
					headers: { ...coding, "content-type": "application/octet-stream", "set-cookie": ["a=1", "b=2"] },
					chunked,
				};
				const answer = await secureFetch(stubs.edge + HANDSHAKE, { headers: { "accept-encoding": "gzip" } });
				expect({ name, ...answer }).toMatchObject({ name, status: 200, body: TAGGED });
				expect(answer.headers).toMatchObject({
					"content-type": "application/octet-stream",
					"set-cookie": ["a=1", "b=2"],
				});
				expect(answer.headers).not.toHaveProperty("content-encoding");
			}
	});

	it("is requested without compression, which the client need not know", async () => {
		const seen: unknown[] = [];
		await using stubs = await startStubs((headers) => {
			seen.push((headers as Record<string, string>)["accept-encoding"]);
			return { body: OPEN };
		});
		await secureFetch(stubs.edge + HANDSHAKE, { headers: { "accept-encoding": "gzip, deflate, br, zstd" } });
		expect(seen).toEqual(["identity"]);
	});

	it.each<[string, Handshake, string]>([
		[
			"in an encoding that workerd cannot decode",
			{ body: Buffer.from("28b52ffd0400", "hex"), headers: { "content-encoding": "zstd" } },
			'has an encoding that the edge cannot decode (content type none, content encoding "zstd", first bytes "(\\xb5/\\xfd\\x04\\x00")',
		],
		[
			"that is not what its Content-Encoding says",
			{ body: Buffer.from("not gzip"), headers: { "content-encoding": "gzip" } },
			"does not have the encoding that it claims",
		],
		[
			"that is a page",
			{ body: Buffer.from("<html>login token=secret</html>"), headers: { "content-type": "text/html" } },
			'does not begin with an open packet of Engine.IO (content type "text/html", content encoding none, first bytes "<html>lo")',
		],
		[
			"that never seems to end",
			{ body: Buffer.alloc(3_000_000, " "), chunked: true },
			"has more than 1000000 bytes",
		],
	])("%s is answered 502 with CORS and the fix, and logged", async (_what, handshake, found) => {
		await using stubs = await startStubs(() => handshake);
		const { status, headers, body } = await secureFetch(stubs.edge + HANDSHAKE, {
			headers: { origin: "https://app.test" },
		});
		expect(status).toBe(502);
		expect(headers["access-control-allow-origin"]).toBe("https://app.test");
		const { code, message } = JSON.parse(body);
		expect(code).toBe("EDGE_REWRITE");
		expect(message).toContain(`node n1 into its answer to a handshake: its body ${found}`);
		expect(message).toContain(`io.engine.generateId = () => "${TAG}" + `);
		expect(message).toContain('stickiness = "sid" in POOL_APP');
		const logged = () => stubs.rig.log.filter((line) => line.includes('"code":"EDGE_REWRITE"'));
		await until("the log names the node", () => logged().length > 0);
		expect(JSON.parse(logged()[0]!)).toMatchObject({ level: "error", node: "n1", cure: message });
		expect(stubs.rig.log.join()).not.toContain("secret");
	});

	it("that cannot be rewritten is tried at the next node, and does not count against the first", async () => {
		const visits: string[] = [];
		await using stubs = await startStubs(
			(headers) => {
				visits.push("n1");
				return { body: "cookie" in headers ? OPEN : Buffer.from("<html>Please log in</html>") };
			},
			() => {
				visits.push("n2");
				return { body: OPEN };
			},
		);
		const sids: string[] = [];
		for (let i = 0; i < 4; i++) {
			const { status, body } = await secureFetch(stubs.edge + HANDSHAKE);
			expect(status).toBe(200);
			sids.push(/"sid":"(...)/.exec(body)![1]!);
		}
		expect(new Set(sids)).toEqual(new Set([tagOf("n2")]));
		// Round robin begins with n1 for every second handshake: the page did not take it out of the choice.
		expect(visits.filter((node) => node === "n1").length).toBeGreaterThanOrEqual(2);
	});
});

describe("a session of Engine.IO 3 with binary framing, at a real Socket.IO node behind rewrite", () => {
	it("is opened, posts and polls through the edge, and no byte of its packets changes", async () => {
		const http = createServer((_request, response) => void response.end());
		const io = new Server(http, { allowEIO3: true, serveClient: false });
		// Bytes that are not UTF-8 make engine.io send the whole payload in binary framing.
		const bytes = Buffer.from([255, 0, 128, 0xc3, 0x28]);
		(io.engine as unknown as { opts: { initialPacket: Buffer } }).opts.initialPacket = bytes;
		io.on("connection", (socket) => socket.on("echo", (text, ack) => ack(text)));
		await using parts = new AsyncDisposableStack();
		parts.defer(() => void io.close());
		const url = await listen(http);
		const pool = { stickiness: "rewrite", allow_eio3: true, nodes: [{ id: "n1", url }] };
		const rig = parts.use(await startRig({ nodes: [], variables: { POOL_APP: pool } }));
		const path = `${rig.edge.https}/socket.io/?EIO=3&transport=polling`;
		const opened = Buffer.from((await secureFetch(path)).body, "latin1");
		const end = opened.indexOf(255);
		expect(opened[0]).toBe(0);
		const length = Number([...opened.subarray(1, end)].join(""));
		const packet = opened.subarray(end + 1, end + 1 + length).toString();
		const open = JSON.parse(packet.slice(1));
		expect(packet[0]).toBe("0");
		expect(open.sid).toMatch(new RegExp(`^${TAG}.{20}$`));
		expect(opened.subarray(end + 1 + length)).toEqual(Buffer.from([1, 6, 255, 4, ...bytes]));
		const session = `${path}&b64=1&sid=${open.sid}`;
		expect((await secureFetch(session)).body).toBe("2:40");
		const post = await secureFetch(session, { method: "POST", body: '17:4217["echo","hé"]' });
		expect(post).toMatchObject({ status: 200, body: "ok" });
		expect(Buffer.from((await secureFetch(session)).body, "latin1").toString()).toBe('10:4317["hé"]');
	});
});

test("the line that worker/README.md recommends instead of rewrite generates ids with the node's tag", async () => {
	const guide = await readFile(`${PROJECT}/worker/README.md`, "utf8");
	const line = /^io\.engine\.generateId = (\(\) => .*require.*);$/m.exec(guide)![1]!;
	const generateId = new Function("require", `return ${line}`)(
		createRequire(import.meta.url),
	) as () => string;
	expect(generateId()).toMatch(new RegExp(`^${TAG}[\\w-]{17}$`));
	expect(generateId()).not.toBe(generateId());
});

describe("a node whose limits exceed the edge's", () => {
	it.each([
		["sid", "tagged"],
		["rewrite", "plain"],
	] as const)(
		"is named in the log once, with the fields to raise, with stickiness %s",
		async (stickiness, ids) => {
			await using rig = await startRig({
				nodes: [{ id: "n1", ids }],
				pool: { stickiness, timeouts: { poll: 20 }, max_body: 1000 },
			});
			for (const _ of [1, 2, 3]) expect((await secureFetch(rig.edge.https + HANDSHAKE)).status).toBe(200);
			const lines = () => rig.log.filter((line) => /"warning":"(poll_timeout|max_body)"/.test(line));
			await until("both limits are logged", () => lines().length >= 2);
			expect(lines().map((line) => JSON.parse(line))).toEqual([
				expect.objectContaining({
					level: "warn",
					node: "n1",
					warning: "poll_timeout",
					cure: expect.stringContaining("Set timeouts.poll in POOL_APP to 50 or more"),
				}),
				expect.objectContaining({
					warning: "max_body",
					cure: expect.stringContaining("Set max_body in POOL_APP to 1000000, or maxHttpBufferSize"),
				}),
			]);
		},
	);
});
