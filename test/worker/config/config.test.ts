import { describe, expect, it } from "vitest";
import { configOf, problemsOf, variables } from "../support/pools.ts";

const nodes = (...urls: string[]) => urls.map((url, i) => ({ id: `n${i + 1}`, url }));

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

	it("redirects to the port that clients reach it by, where that is another than its own", () => {
		const portOf = (given: object) => configOf(variables({}, { ...given })).httpsPort;
		expect(portOf({})).toBe("");
		expect(portOf({ EDGE_HTTPS_PORT: "8443" })).toBe(":8443");
		expect(portOf({ EDGE_HTTPS_PORT: "8443", EDGE_PUBLIC_HTTPS_PORT: "443" })).toBe("");
		expect(portOf({ EDGE_HTTPS_PORT: "443", EDGE_PUBLIC_HTTPS_PORT: "9443" })).toBe(":9443");
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
		expect(problemsOf(twice)).toContain('POOL_app: its name "app" is also that of POOL_APP; rename one');
	});

	it.each(["999.1.1.1", "10.0.0.0/99", "example.com"])(
		"the trusted proxy %s, which is neither an address nor a range",
		(range) => {
			expect(problemsOf(variables({}, { EDGE: { trusted_proxies: [range] } }))).toEqual([
				`EDGE.trusted_proxies[0]: "${range}" is not an address or a range; write it as "10.0.0.0/8"`,
			]);
		},
	);

	it.each([
		[
			"allow",
			["example.com"],
			'POOL_APP.allow[0]: "example.com" is not an address or a range; write it as "10.0.0.0/8"',
		],
		["deny", ["10.0.0.0/8", 7], 'POOL_APP.deny[1]: 7 is not an address or a range; write it as "10.0.0.0/8"'],
		[
			"private_paths",
			["metrics"],
			'POOL_APP.private_paths[0]: "metrics"; write a path that begins with a slash, without a query, as "/metrics"',
		],
		["private_paths", "/metrics", 'POOL_APP.private_paths: "/metrics" is not a list; write [ … ]'],
		["origins", "https://app.test", 'POOL_APP.origins: "https://app.test" is not a list; write [ … ]'],
		["allow_jsonp", 1, "POOL_APP.allow_jsonp: 1 is not true or false (written without quotes)"],
		["http_cookie", "yes", 'POOL_APP.http_cookie: "yes" is not true or false (written without quotes)'],
		["timeouts", { body_idle: 0 }, "POOL_APP.timeouts.body_idle: 0 is not a whole number from 1 to 600"],
		["timeouts", { body: 3601 }, "POOL_APP.timeouts.body: 3601 is not a whole number from 1 to 3600"],
	])("the field %s with the value %j", (field, value, sentence) => {
		expect(problemsOf(variables({ [field]: value }))).toEqual([sentence]);
	});

	it.each([
		...[
			"app.test",
			"https://",
			"https://app.test/",
			"https://app.test/x",
			"https://*",
			"*.app.test",
			"https://a.*.test",
		],
		...[
			"https://*.*.test",
			"https://*app.test",
			"https://a b",
			"https://u@app.test",
			"https://app.test:99999",
			"",
			7,
			null,
		],
		...["https://app.test https://b.test", "app://a/b", "https://[::zz]", "https://*.", "//app.test"],
	])("the origin %j, which no page can have", (origin) => {
		const problems = problemsOf(variables({ origins: [origin] }));
		expect(problems).toEqual([
			`POOL_APP.origins[0]: ${JSON.stringify(origin)} is not an origin; write scheme and host, as "https://app.example.com", "https://*.example.com" for any one label, "capacitor://localhost" for an app, "null" for sandboxed pages, or "*" for any`,
		]);
	});

	it.each(["a b", "a/b", "https://a.test", "a:99999", "*.a.test", "u@a"])(
		"the host %j of a route",
		(host) => {
			expect(problemsOf(variables({}, { ROUTES: [{ host, pool: "app" }] }))).toEqual([
				`ROUTES[0].host: "${host}" is not a host; write a host name, with its port if it has one, as "chat.example.com"`,
			]);
		},
	);

	it.each(["EDGE_HTTPS_PORT", "EDGE_PUBLIC_HTTPS_PORT"])("the port %s", (name) => {
		for (const port of ["0", "65536", "https", 8443])
			expect(problemsOf(variables({}, { [name]: port })).at(-1)).toMatch(
				new RegExp(`^${name}: .*; write a port from 1 to 65535 as text, such as "8443"$`),
			);
	});

	it.each(["short", "1234567"])("a token that can be guessed, without showing it", (token) => {
		expect(problemsOf(variables({}, { EDGE_TOKEN: token }))).toEqual([
			"EDGE_TOKEN: shorter than 8 characters; generate one, for example with: openssl rand -base64 24",
		]);
		expect(configOf(variables({}, { EDGE_TOKEN: `${token}-and-more` })).token).toBe(`${token}-and-more`);
	});

	it("a secret that is not valid in a header, without showing it", () => {
		expect(problemsOf(variables({}, { EDGE_NODE_SECRET: "hush hush" }))).toEqual([
			"EDGE_NODE_SECRET: not usable; write text of printable ASCII characters without spaces",
		]);
	});
});
