import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { admin } from "../../../worker/admin/router.ts";
import type { Env } from "../../../worker/env.ts";
import { FRONT_AT } from "../../../worker/stats/counters.ts";
import { isolateOf, parsedUrl } from "../support/pools.ts";

const bound = env as unknown as Env;

afterEach(async () => {
	vi.restoreAllMocks();
	await reset();
});

/** Requests one of the edge's own paths. The Durable Objects have the pools of wrangler.toml. */
function requestOwn(
	path: string,
	init: RequestInit = {},
	token = "s3cret-token",
	bindings: Env = bound,
	source = isolateOf({}, { EDGE_TOKEN: token }),
): Promise<Response> {
	const url = `https://edge.test/__edge/${path}`;
	const request = new Request(url, {
		...init,
		headers: { authorization: "Bearer s3cret-token", ...init.headers },
	});
	return Promise.resolve(
		admin.fetch(request, { source, env: bindings, parsed: parsedUrl(url), clientIp: "192.0.2.1" }),
	);
}

async function statusOfFirst(answers: readonly Promise<Response>[]): Promise<number> {
	return (await Promise.race(answers)).status;
}

describe("the edge's own paths", () => {
	const paths = [
		"stats",
		"stats/live",
		"stats.json",
		"stats.csv",
		"metrics",
		"pools",
		"pools/app",
		"nodes/n1",
		"",
		"x",
	];

	it("answer 404 without a configured token, whatever token the request has", async () => {
		for (const path of paths) expect((await requestOwn(path, {}, "")).status, path).toBe(404);
	});

	it("answer 401 to a wrong token, also where there is no page", async () => {
		for (const path of paths) {
			const refused = await requestOwn(path, { headers: { authorization: "Bearer wrong" } });
			expect(refused.status, path).toBe(401);
			expect(refused.headers.get("www-authenticate")).toBe('Basic realm="sticky-edge", charset="UTF-8"');
			expect(await refused.json()).toMatchObject({ code: "EDGE_TOKEN" });
		}
	});

	it.each([
		["stats", "text/html; charset=utf-8"],
		["stats/live", "text/html; charset=UTF-8"],
		["stats.json", "application/json"],
		["stats.csv", "text/plain; charset=UTF-8"],
		["metrics", "text/plain; version=0.0.4; charset=utf-8"],
		["pools", "application/json"],
	])("answer %s with the type %s and no-store", async (path, type) => {
		const response = await requestOwn(path);
		expect(response.status).toBe(200);
		expect(response.headers.get("content-type")).toBe(type);
		expect(response.headers.get("cache-control")).toBe("no-store");
	});

	it("give the statistics page a Content-Security-Policy that forbids external resources", async () => {
		const response = await requestOwn("stats");
		const policy = response.headers.get("content-security-policy")!;
		expect(policy).toMatch(/^default-src 'none';/);
		expect(policy).toContain("frame-ancestors 'none'");
		const nonce = /script-src 'nonce-([0-9a-f-]{36})'/.exec(policy)?.[1];
		expect(await response.text()).toContain(`<script nonce="${nonce}">`);
	});

	it("are open to the right token at once, refuse too many wrong ones, and log and count these without the token", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "warn").mockImplementation((line: string) => void lines.push(line));
		const source = isolateOf({}, { EDGE_TOKEN: "s3cret-token" });
		const request = (authorization: string) =>
			requestOwn("pools", { headers: { authorization } }, "s3cret-token", {} as Env, source);
		const wrong = Array.from({ length: 12 }, () => request("Bearer guess-1234"));
		expect((await request("Bearer s3cret-token")).status).toBe(200);
		expect(await statusOfFirst(wrong)).toBe(401);
		const statuses = (await Promise.all(wrong)).map(({ status }) => status);
		expect(statuses.filter((status) => status === 401)).toHaveLength(7);
		expect(statuses.filter((status) => status === 429)).toHaveLength(5);
		expect((await request("Bearer s3cret-token")).status).toBe(200);
		expect(source.counters.numbers[FRONT_AT.failed_tokens]).toBe(12);
		expect(lines.map((line) => JSON.parse(line))).toMatchObject([
			{ level: "warn", event: "failed_token", client: "192.0.2.0/24", id: expect.any(String), count: 1 },
		]);
		expect(lines.join()).not.toContain("guess");
	});

	it("count no request without a token as a wrong one", async () => {
		const source = isolateOf({}, { EDGE_TOKEN: "s3cret-token" });
		for (let i = 0; i < 20; i++) {
			const refused = await requestOwn(
				"stats",
				{ headers: { authorization: "" } },
				"s3cret-token",
				bound,
				source,
			);
			expect(refused.status).toBe(401);
		}
		expect(source.counters.numbers[FRONT_AT.failed_tokens]).toBe(0);
		expect(source.failedTokens.clients.size).toBe(0);
	});

	it("never show the token", async () => {
		for (const path of ["stats", "stats.json", "stats.csv", "metrics", "pools"])
			expect(await (await requestOwn(path)).text(), path).not.toContain("s3cret-token");
	});

	it("show the counts of this isolate where no ledger is bound, and report their source", async () => {
		const statistics = (await (
			await requestOwn("stats.json", {}, "s3cret-token", {} as Env)
		).json()) as Record<string, unknown>;
		expect(statistics).toMatchObject({ source: "isolate", monitor: false, isolates: 1 });
		const withAll = (await (await requestOwn("stats.json")).json()) as Record<string, unknown>;
		expect(withAll).toMatchObject({ source: "ledger", monitor: true });
	});
});

describe("a change by an operator", () => {
	const change = (
		node: string,
		body: unknown,
		headers: Record<string, string> = { "x-edge-operator": "anna" },
	) => requestOwn(`nodes/${node}`, { method: "POST", headers, body: JSON.stringify(body) });

	it("is stored, appears in the pool, and writes an audit line with the operator and the states before and after", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		expect(await (await change("n2", { state: "drain" })).json()).toMatchObject({
			node: "n2",
			state: "DRAIN",
			adminState: "drain",
		});
		expect(await (await change("n2", { weight: 20 })).json()).toMatchObject({
			weight: 20,
			adminState: "drain",
		});
		const pool = (await (await requestOwn("pools/app")).json()) as {
			nodes: { node: string; weight: number; adminState: string }[];
		};
		expect(pool.nodes.find(({ node }) => node === "n2")).toMatchObject({
			adminState: "drain",
			weight: 20,
			configuredWeight: 100,
		});
		const audits = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "audit");
		expect(audits).toMatchObject([
			{
				operator: "anna",
				pool: "app",
				node: "n2",
				before: { word: "ready", state: "UP" },
				after: { word: "drain", state: "DRAIN" },
			},
			{
				operator: "anna",
				before: { weight: 100, operatorWeight: null },
				after: { weight: 20, operatorWeight: 20 },
			},
		]);
	});

	it("to the weight null restores the configured one, in the answer, the API and the audit line", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		await change("n2", { weight: 0, state: "drain" });
		expect(await (await change("n2", { weight: null })).json()).toMatchObject({
			weight: 100,
			operatorWeight: null,
			adminState: "drain",
		});
		const pool = (await (await requestOwn("pools/app")).json()) as { nodes: object[] };
		expect(pool.nodes[1]).toMatchObject({ weight: 100, operatorWeight: null, configuredWeight: 100 });
		expect(JSON.parse(lines.at(-1)!)).toMatchObject({
			before: { weight: 0, operatorWeight: 0 },
			after: { weight: 100, operatorWeight: null },
		});
	});

	it.each([
		[400, "EDGE_WORD", "n1", { state: "up" }],
		[400, "EDGE_WORD", "n1", { word: "up" }],
		[400, "EDGE_WORD", "n1", { weight: 257 }],
		[400, "EDGE_WORD", "n1", { weight: "20" }],
		[400, "EDGE_WORD", "n1", { state: null }],
		[400, "EDGE_WORD", "n1", { state: null, weight: 20 }],
		[400, "EDGE_WORD", "n1", {}],
		[400, "EDGE_WORD", "n1", []],
		[404, "EDGE_NOT_FOUND", "n9", { state: "drain" }],
	])("is refused with %i %s for %s %j", async (status, code, node, body) => {
		const response = await change(node, body);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ code });
	});

	it("applies to the node in the path, even if the body names another", async () => {
		expect(await (await change("n1", { state: "maint", node: "n2", pool: "x" })).json()).toMatchObject({
			node: "n1",
			state: "MAINT",
		});
	});

	it("is accepted with `word`, the earlier name of `state`, which answers still contain", async () => {
		expect(await (await change("n3", { word: "maint" })).json()).toMatchObject({
			node: "n3",
			state: "MAINT",
			adminState: "maint",
			word: "maint",
		});
		const pool = (await (await requestOwn("pools/app")).json()) as {
			nodes: { node: string; word: string }[];
		};
		expect(pool.nodes.find(({ node }) => node === "n3")).toMatchObject({ word: "maint" });
	});

	it("is refused without an operator's name, and from a page of another origin", async () => {
		expect((await change("n1", { state: "drain" }, {})).status).toBe(403);
		expect(
			(await change("n1", { state: "drain" }, { "x-edge-operator": "anna", origin: "https://evil.test" }))
				.status,
		).toBe(403);
	});

	it("answers 503 where no monitor is bound", async () => {
		const init = { method: "POST", headers: { "x-edge-operator": "anna" }, body: '{"word":"drain"}' };
		const response = await requestOwn("nodes/n1", init, "s3cret-token", {} as Env);
		expect(response.status).toBe(503);
		expect(await response.json()).toMatchObject({ code: "EDGE_STATE" });
	});
});
