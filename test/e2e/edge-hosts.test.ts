/** Hosts, origins and redirects in every legal spelling, on real workerd. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";
import { type RawNode, rawRequest, startRawNode } from "../support/edge/raw.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const TOKEN = "hosts-e2e-token";
let shop: RawNode;
let rest: RawNode;
let edge: RunningEdge;
const log: string[] = [];

beforeAll(async () => {
	shop = await startRawNode();
	rest = await startRawNode();
	const variables = {
		POOL_SHOP: {
			nodes: [{ id: "s1", url: shop.url }],
			origins: ["https://*.app.test", "capacitor://localhost"],
		},
		POOL_REST: { nodes: [{ id: "r1", url: rest.url }] },
		ROUTES: [
			{ host: "Shop.Test", pool: "shop" },
			{ host: "[2001:db8::1]", pool: "shop" },
			{ path: "/", pool: "rest" },
		],
	};
	edge = await startEdge({
		...(await edgeDefaults()),
		variables,
		token: TOKEN,
		publicHttpsPort: 9443,
		log: (line) => log.push(line),
	});
});
afterAll(async () => {
	await edge.stop();
	await shop[Symbol.asyncDispose]();
	await rest[Symbol.asyncDispose]();
});

const get = (target: string, ...fields: readonly string[]) =>
	rawRequest(edge.https, `GET ${target} HTTP/1.1\r\n${fields.join("\r\n")}\r\nConnection: close\r\n\r\n`);

describe("a route's host", () => {
	test.each([
		"shop.test",
		"SHOP.test",
		"shop.test.",
		"shop.test:443",
		"shop.test.:443",
		"shop.test:",
		"shop.test:8443",
	])("is that of a request for %s, which the node gets as the client wrote it", async (host) => {
		const before = shop.heads.length;
		expect((await get("/page", `Host: ${host}`)).status).toBe(200);
		expect(shop.heads.slice(before)).toHaveLength(1);
		expect(shop.heads.at(-1)).toContain(`x-forwarded-host: ${host}\r\n`);
	});

	test.each(["[2001:db8::1]", "[2001:DB8::1]:8443"])("may be an IPv6 address: %s", async (host) => {
		const before = shop.heads.length;
		expect((await get("/page", `Host: ${host}`)).status).toBe(200);
		expect(shop.heads.slice(before)).toHaveLength(1);
	});

	test("is not that of a request for another host", async () => {
		const before = rest.heads.length;
		expect((await get("/page", "Host: shop.test.evil.test")).status).toBe(200);
		expect(rest.heads.slice(before)).toHaveLength(1);
	});
});

describe("an invalid Host header", () => {
	test.each([
		...[
			"a:99999",
			"a:80:80",
			"a:x",
			"x/__edge",
			"x/__edge/",
			"a,b",
			"u@shop.test",
			"u:p@shop.test",
			"a b",
			"a..b",
		],
		...["a?b", "a#b", "a\\b", "[::1", "::1", "*", "a%2fb", "a'b"],
	])("%s is answered 400, and reaches neither a node nor /__edge/", async (host) => {
		const before = shop.heads.length + rest.heads.length;
		for (const target of ["/stats", "/__edge/stats", "/socket.io/?EIO=4&transport=polling"]) {
			const { status, body } = await get(target, `Host: ${host}`, `Authorization: Bearer ${TOKEN}`);
			expect([target, status, JSON.parse(body).code]).toEqual([target, 400, "EDGE_HOST"]);
		}
		expect(shop.heads.length + rest.heads.length).toBe(before);
	});

	test("is one that occurs twice, even with the same value", async () => {
		for (const second of ["shop.test", "other.test"]) {
			const { status, body } = await get("/page", "Host: shop.test", `Host: ${second}`);
			expect([status, JSON.parse(body).code]).toEqual([400, "EDGE_HOST"]);
		}
	});

	test.each([["Host:"], ["X-None: 1"], ["Host: \xff"]])("%s is refused by the runtime", async (field) => {
		expect((await get("/page", field)).status).toBe(400);
	});

	test("never causes an internal error", () => {
		expect(log.filter((line) => line.includes("EDGE_INTERNAL") || line.includes("Uncaught"))).toEqual([]);
	});
});

describe("a client's Origin", () => {
	test.each([
		["shop.test", "wss://shop.test"],
		["shop.test", "HTTPS://SHOP.TEST"],
		["shop.test:443", "https://shop.test"],
		["shop.test", "https://shop.test:443"],
		["Shop.test.", "https://shop.test"],
		["shop.test:8443", "wss://shop.test:8443"],
		["shop.test", "https://a.app.test"],
		["shop.test", "capacitor://localhost"],
	])("at %s may be %s", async (host, origin) => {
		const { status } = await get("/socket.io/?EIO=4&transport=polling", `Host: ${host}`, `Origin: ${origin}`);
		expect(status).toBe(200);
	});

	test.each([
		["shop.test", "http://shop.test"],
		["shop.test", "ws://shop.test"],
		["shop.test", "https://shop.test:8443"],
		["shop.test", "https://b.a.app.test"],
		["shop.test", "https://app.test"],
		["shop.test", "https://localhost"],
		["shop.test", "https://\xe4.test"],
	])("at %s may not be %s", async (host, origin) => {
		const { status } = await get("/socket.io/?EIO=4&transport=polling", `Host: ${host}`, `Origin: ${origin}`);
		expect(status).toBe(403);
	});
});

describe("a redirect to https", () => {
	test("names the public port, and the host as the client wrote it", async () => {
		const { port } = new URL(edge.http);
		const { headers, status } = await secureFetch(`http://127.0.0.1:${port}/a?b`, {
			headers: { host: `Shop.Test.:${port}` },
		});
		expect([status, headers["location"]]).toEqual([308, "https://Shop.Test.:9443/a?b"]);
	});
});

describe("a redirect of a node", () => {
	test.each([
		["https://127.0.0.1:PORT/home", "https://Shop.Test:8443/home"],
		["http://127.0.0.1:PORT/home?a=1", "https://Shop.Test:8443/home?a=1"],
		["//127.0.0.1:PORT/home", "https://Shop.Test:8443/home"],
		["https://127.0.0.1/home", "https://Shop.Test:8443/home"],
		["https://other.test/home", "https://other.test/home"],
		["/home", "/home"],
	])("to %s leads to %s", async (location, wanted) => {
		await using moved = await startRedirecting(location);
		const variables = { POOL_APP: { nodes: [{ id: "n1", url: moved.url }] } };
		await using own = await startEdge({ ...(await edgeDefaults()), variables });
		for (const path of ["/login", "/socket.io/?EIO=4&transport=polling"]) {
			const { headers } = await secureFetch(own.https + path, { headers: { host: "Shop.Test:8443" } });
			expect(headers["location"]).toBe(wanted);
		}
	});
});

/** A node that redirects; PORT in the location stands for its own port. */
async function startRedirecting(location: string): Promise<RawNode> {
	const port = { own: "" };
	const node = await startRawNode(
		() =>
			`HTTP/1.1 302 Found\r\nLocation: ${location.replace("PORT", port.own)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
	);
	port.own = new URL(node.url).port;
	return node;
}
