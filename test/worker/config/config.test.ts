import { describe, expect, it } from "vitest";
import { configOf, problemsOf, variables } from "../support/pools.ts";

const nodes = (...urls: string[]) => urls.map((url, i) => ({ id: `n${i + 1}`, url }));
const onCloudflare = (...urls: string[]) => ({ POOL_APP: { nodes: nodes(...urls) } });

describe("a configuration", () => {
	it("is complete, whether its variables are objects or JSON text", () => {
		const given = variables();
		const asText = { ...given, POOL_APP: JSON.stringify(given["POOL_APP"]) };
		expect(configOf(asText)).toEqual(configOf(given));
		expect(configOf(given).pools[0]).toMatchObject({
			name: "app",
			stickiness: "sid",
			balance: "leastconn",
			socketPath: "/socket.io/",
			timeouts: { handshake: 5000, poll: 50_000 },
		});
	});

	it("uses a node's configured tag instead of the computed one", () => {
		const pool = configOf(variables({ nodes: [{ id: "n1", url: "http://127.0.0.1:1", tag: "abc" }] }))
			.pools[0]!;
		expect(pool.byTag.get("abc")?.id).toBe("n1");
	});
});

describe("the check of a configuration names the field, the value and the fix for", () => {
	it.each([
		[
			"a missing pool",
			{ EDGE_PLATFORM: "workerd" },
			'POOL_APP: no pool is configured; add [vars.POOL_APP] with nodes = [{ id = "n1", url = "https://…" }]',
		],
		[
			"a pool without nodes",
			variables({ nodes: [] }),
			'POOL_APP.nodes: no node; write nodes = [{ id = "n1", url = "https://n1.example.com" }]',
		],
		[
			"text that is not a table",
			{ EDGE_PLATFORM: "workerd", POOL_APP: "{nodes" },
			'POOL_APP: "{nodes" is not a table; write { field = value }',
		],
		[
			"an unknown value",
			variables({ balance: "fastest" }),
			'POOL_APP.balance: "fastest" is not one of leastconn, roundrobin, hash',
		],
		[
			"a number written as text",
			variables({ slow_start: "30" }),
			'POOL_APP.slow_start: "30" is not a whole number from 0 to 3600',
		],
		[
			"text that is not a URL",
			variables({ nodes: nodes("n1.test") }),
			'POOL_APP.nodes[0].url: "n1.test" is not a URL; write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001',
		],
		[
			"a URL with a path",
			variables({ nodes: nodes("http://n1.test/x") }),
			'POOL_APP.nodes[0].url: "http://n1.test/x" has a path or query; write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001',
		],
		[
			"a URL with another scheme",
			variables({ nodes: nodes("ws://n1.test") }),
			'POOL_APP.nodes[0].url: "ws://n1.test" is not http or https; write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001',
		],
		[
			"hash without hash_on",
			variables({ balance: "hash" }),
			'POOL_APP.hash_on: missing; balance = "hash" needs "header:NAME", "query:NAME" or "cookie:NAME"',
		],
		[
			"an unknown pool",
			variables({}, { ROUTES: [{ pool: "chat" }] }),
			'ROUTES[0].pool: "chat" is not a pool; the pools are app',
		],
	])("%s", (_what, given, sentence) => {
		expect(problemsOf(given)).toContain(sentence);
	});

	it("an unknown field, and lists the known ones", () => {
		expect(problemsOf(variables({ ballance: "hash" }))[0]).toMatch(
			/^POOL_APP\.ballance: no such field; the fields are nodes, stickiness, balance,/,
		);
	});

	it("two nodes with the same tag", () => {
		const given = variables({
			nodes: [
				{ id: "a", url: "http://127.0.0.1:1", tag: "aaa" },
				{ id: "b", url: "http://127.0.0.1:2", tag: "aaa" },
			],
		});
		expect(problemsOf(given)).toEqual([
			'POOL_APP node b: its tag aaa is also that of POOL_APP node a; give one of them another id, or a tag of its own, as tag = "aa1"',
		]);
	});

	it("two nodes with the same id, also in two pools", () => {
		const given = variables(
			{},
			{
				POOL_B: { nodes: nodes("http://127.0.0.1:9") },
				ROUTES: [{ pool: "app" }, { path: "/b/", pool: "b" }],
			},
		);
		expect(problemsOf(given)[0]).toBe(
			"POOL_B node n1: its id n1 is also that of POOL_APP node n1; rename one",
		);
	});

	it("two variables that name the same pool", () => {
		const twice = variables(
			{},
			{ POOL_app: { nodes: nodes("http://127.0.0.1:9") }, ROUTES: [{ pool: "app" }] },
		);
		expect(problemsOf(twice)).toContain('POOL_app: names the pool "app", as POOL_APP does; rename one');
	});

	it.each(["999.1.1.1", "10.0.0.0/99", "example.com"])(
		"the trusted proxy %s, which is neither an address nor a range",
		(range) => {
			expect(problemsOf(variables({}, { EDGE: { trusted_proxies: [range] } }))).toEqual([
				`EDGE.trusted_proxies[0]: "${range}" is not an address or a range; write it as "10.0.0.0/8"`,
			]);
		},
	);

	it("a secret that is not valid in a header, without showing it", () => {
		expect(problemsOf(variables({}, { EDGE_NODE_SECRET: "hush hush" }))).toEqual([
			"EDGE_NODE_SECRET: not usable; write text of printable ASCII characters without spaces",
		]);
	});
});

describe("the check of a configuration for Cloudflare", () => {
	it.each([
		["http://n1.test", /plain text; write https/],
		["https://10.0.0.5", /is an IP address, which Workers cannot fetch \(error 1003\)/],
		["https://[2001:db8::1]", /is an IP address/],
		["https://n1.test:3001", /Cloudflare does not forward port 3001/],
	])("reports a node at %s", (url, sentence) => {
		expect(problemsOf(onCloudflare(url))).toEqual([expect.stringMatching(sentence)]);
	});

	it("reports a variable of more than 5 KiB", () => {
		const urls = Array.from({ length: 120 }, (_, i) => `https://node-${i}.example.com`);
		expect(problemsOf(onCloudflare(...urls))[0]).toMatch(
			/^POOL_APP: \d+ bytes as JSON, and Cloudflare allows 5120 per variable/,
		);
	});

	it("does not apply to a self-hosted edge", () => {
		expect(
			problemsOf({
				EDGE_PLATFORM: "workerd",
				...onCloudflare("http://10.0.0.5:3001", "https://n2.test:8444"),
			}),
		).toEqual([]);
	});
});
