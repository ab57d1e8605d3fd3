/** Requests that nodes read otherwise than they are written: paths, methods and headers, on real workerd. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";
import { type RawNode, rawRequest, startRawNode } from "../support/edge/raw.ts";

let node: RawNode;
let edge: RunningEdge;
const log: string[] = [];

beforeAll(async () => {
	node = await startRawNode();
	const variables = { POOL_APP: { nodes: [{ id: "n1", url: node.url }] } };
	const nodeSecret = "node-secret-of-16-or-more";
	edge = await startEdge({
		...(await edgeDefaults()),
		variables,
		nodeSecret,
		token: "spellings-token",
		log: (line) => log.push(line),
	});
});
afterAll(async () => {
	await edge.stop();
	await node[Symbol.asyncDispose]();
});

/** Sends a request with the given first line and headers; returns its answer and what the node got of it. */
async function send(line: string, ...headers: readonly string[]) {
	const before = node.heads.length;
	const fields = ["Host: edge.test", ...headers, "Connection: close"].join("\r\n");
	const answer = await rawRequest(edge.https, `${line} HTTP/1.1\r\n${fields}\r\n\r\n`);
	return { ...answer, got: node.heads.slice(before) };
}
const UPGRADE = [
	"Connection: Upgrade",
	"Upgrade: websocket",
	"Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const EVIL = "Origin: https://evil.test";

describe("a page of another site", () => {
	test.each([
		"/socket.io/",
		"/socket.io",
		"/%73ocket.io/",
		"/%73ocket.io",
		"/socket%2eio/",
		"/socket.io%2F",
		"/%73ocket.io/%zz",
		"/x/../socket.io/",
		"/x/%2e%2e/socket.io",
		"/./%73ocket.io/",
		"\\socket.io\\".replace(/^\\/, "/"),
	])("reaches no node at %s, by polling and by WebSocket", async (path) => {
		const polling = await send(`GET ${path}?EIO=4&transport=polling`, EVIL);
		expect([polling.status, polling.got]).toEqual([403, []]);
		expect(JSON.parse(polling.body)).toEqual({
			code: 4,
			message:
				'Forbidden: the page\'s origin may not connect here; to admit it, set in the pool: origins = ["https://evil.test"]',
		});
		const upgrade = await send(`GET ${path}?EIO=4&transport=websocket`, EVIL, ...UPGRADE);
		expect([upgrade.status, upgrade.got]).toEqual([403, []]);
	});

	test("reads no session by JSONP, which needs no Origin header", async () => {
		for (const query of ["j=0", "j", "%6a=1"]) {
			const { status, body, got } = await send(`GET /socket.io/?EIO=4&transport=polling&${query}`);
			expect([status, got]).toEqual([403, []]);
			expect(JSON.parse(body).message).toContain("allow_jsonp");
		}
	});
});

describe("other spellings of the Engine.IO path", () => {
	test.each(["/socket.io?EIO=4&transport=polling", "/%73ocket.io/?EIO=4&transport=polling"])(
		"reach the node as they are written: %s",
		async (target) => {
			const { status, got } = await send(`GET ${target}`);
			expect([status, got.map((head) => head.split(" ")[1])]).toEqual([200, [target]]);
		},
	);
});

describe("methods", () => {
	test.each(["TRACE", "PURGE", "SUBSCRIBE"])("%s reaches no node", async (method) => {
		for (const target of ["/page", "/socket.io/?EIO=4&transport=polling"]) {
			const { status, head, body, got } = await send(`${method} ${target}`);
			expect([status, got]).toEqual([405, []]);
			expect(head).toMatch(/^allow: GET, POST, /im);
			expect(JSON.parse(body).code).toBe("EDGE_METHOD");
		}
	});

	test.each([
		["TRACK", 501],
		["FOO", 501],
		["CONNECT", 500],
	])("%s, which the runtime does not know, is refused by the runtime", async (method, refused) => {
		const { status, got } = await send(`${method} /page`);
		expect([status, got]).toEqual([refused, []]);
	});

	test.each(["OPTIONS", "POST", "HEAD", "PUT", "DELETE"])(
		"%s with an Upgrade header reaches no node, which would get a GET",
		async (method) => {
			const engine = await send(`${method} /socket.io/?EIO=4&transport=websocket`, ...UPGRADE);
			expect([engine.status, engine.got]).toEqual([400, []]);
			const other = await send(`${method} /ws`, ...UPGRADE);
			expect([other.status, other.got]).toEqual([405, []]);
			expect(other.head).toMatch(/^allow: GET\r?$/im);
		},
	);

	test("an upgrade to anything but a WebSocket is a plain request for the node", async () => {
		const { status, got } = await send(
			"GET /page",
			"Upgrade: h2c",
			"HTTP2-Settings: AAA",
			"Connection: Upgrade",
		);
		expect([status, got.length]).toEqual([200, 1]);
		expect(got[0]).not.toMatch(/^(upgrade|connection):/im);
	});

	test("a preflight still reaches the node", async () => {
		const { status, got } = await send("OPTIONS /socket.io/?EIO=4&transport=polling", EVIL);
		expect([status, got.length]).toEqual([200, 1]);
	});
});

describe("headers", () => {
	test("whose names read like the edge's own in another spelling reach no node", async () => {
		const names = ["X_Forwarded_For", "X-Forwarded_Proto", "X_Edge_Auth", "x.edge.client-ip", "X_Real_IP"];
		const { got } = await send(
			"GET /page",
			...[...names, "X-Request-Id", "Proxy"].map((name) => `${name}: forged`),
		);
		expect(got).toHaveLength(1);
		expect(got[0]).not.toContain("forged");
		expect(got[0]).toMatch(/^x-edge-auth: node-secret-of-16-or-more\r?$/im);
	});

	test("of an application keep their underscores", async () => {
		const { got } = await send("GET /page", "api_key: 1");
		expect(got[0]).toMatch(/^api_key: 1\r?$/im);
	});

	test("in two Cookie lines reach the node as one line with semicolons", async () => {
		const { got } = await send("GET /page", "Cookie: a=1; b=2", "Cookie: c=3");
		expect(got[0]).toMatch(/^cookie: a=1; b=2; c=3\r?$/im);
	});

	test("with one Cookie line reach the node byte for byte", async () => {
		const line = 'a="x, y=1"; when=Mon, 01 Jan; k={"a":1, "b":2}';
		const { got } = await send("GET /page", `Cookie: ${line}`);
		expect(got[0]!.split("\r\n").find((each) => /^cookie:/i.test(each))).toBe(`Cookie: ${line}`);
	});
});

describe("private paths", () => {
	test.each([
		...[
			"/healthz",
			"/metrics",
			"/METRICS",
			"/metrics/",
			"//metrics",
			"/%6detrics",
			"/x/../metrics",
			"/x%2f..%2fmetrics",
		],
		...["/metrics?EIO=4&transport=polling", "/metrics;a=b", "/\\metrics"],
	])("answer 404 at %s", async (target) => {
		const { status, body, got } = await send(`GET ${target}`);
		expect([status, got]).toEqual([404, []]);
		expect(JSON.parse(body).code).toBe("EDGE_NOT_FOUND");
	});
});

test("queries of 60 KB are answered without an internal error", async () => {
	for (const part of ["%zz", "&", "sid=%&", "a=&"]) {
		const { status } = await send(
			`GET /socket.io/?${part.repeat(60_000 / part.length)}&EIO=4&transport=polling`,
		);
		expect([200, 400]).toContain(status);
	}
	expect(log.filter((line) => line.includes("EDGE_INTERNAL"))).toEqual([]);
});
