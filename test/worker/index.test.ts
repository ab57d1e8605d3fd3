import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../worker/env.ts";
import worker from "../../worker/index.ts";
import { variables } from "./support/pools.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

afterEach(() => vi.restoreAllMocks());

/** Asks an edge without Durable Objects; `answer` is what its nodes say. */
async function ask(
	path: string,
	answer: () => Response,
	init: RequestInit = {},
	others = {},
	given = variables({ stickiness: "rewrite" }, others) as Env,
): Promise<Response> {
	vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(answer()));
	const ctx = createExecutionContext();
	const request = new Request(`https://edge.test${path}`, init) as Incoming;
	const response = await worker.fetch(request, given, ctx);
	await waitOnExecutionContext(ctx);
	return response;
}

describe("the Worker", () => {
	it("answers its own fault as one, with CORS, and says the reason in the log only", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
		// The first draw starts round robin, the second chooses a node.
		const draw = vi.spyOn(Math, "random").mockReturnValueOnce(0.5);
		draw.mockImplementationOnce(() => {
			throw new Error("a fault of ours");
		});
		const response = await ask("/socket.io/?EIO=4&transport=polling", () => new Response("x"), {
			headers: { origin: "https://edge.test" },
		});
		expect(response.status).toBe(500);
		expect(response.headers.get("access-control-allow-origin")).toBe("https://edge.test");
		expect(await response.text()).not.toContain("a fault of ours");
		expect(lines.map((line) => JSON.parse(line))).toMatchObject([
			{ code: "EDGE_INTERNAL", reason: expect.stringContaining("a fault of ours") },
			{ event: "request", status: 500, ending: "internal", termination: "I-NN" },
		]);
	});

	it("says what is wrong with its configuration to the log only, and answers 500", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
		const response = await ask("/", () => new Response("x"), {}, { EDGE: { hsts: "much" } });
		expect([response.status, await response.json()]).toMatchObject([500, { code: "EDGE_CONFIG" }]);
		expect(lines.join()).toContain("EDGE.hsts");
	});

	it("passes a node's answer on with its status and headers, and says nothing of itself", async () => {
		const response = await ask(
			"/page",
			() => new Response("hello", { status: 418, headers: { "x-app": "1" } }),
		);
		expect([response.status, response.headers.get("x-app"), await response.text()]).toEqual([
			418,
			"1",
			"hello",
		]);
	});
});

describe("the handshake rate", () => {
	const handshake = "/socket.io/?EIO=4&transport=polling";
	const node = () => new Response('0{"sid":"x"}', { headers: { "content-type": "text/plain" } });
	const from = (clientIp: string) =>
		({ cf: { clientIp }, headers: { origin: "https://edge.test" } }) as RequestInit;
	const statuses = async (asks: readonly (() => Promise<Response>)[]) => {
		const found: number[] = [];
		for (const each of asks) found.push((await each()).status);
		return found;
	};

	it("turns one address away above its limit with 503 and CORS, and no other address", async () => {
		vi.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 10, 23, 12));
		const given = variables({ stickiness: "rewrite", handshake_rate: 2 }) as Env;
		const one = (ip: string) => () => ask(handshake, node, from(ip), {}, given);
		expect(
			await statuses([
				one("203.0.113.7:1"),
				one("203.0.113.7:2"),
				one("203.0.113.7:3"),
				one("203.0.113.8:1"),
			]),
		).toEqual([200, 200, 503, 200]);
		const refused = await one("203.0.113.7:4")();
		expect(refused.headers.get("access-control-allow-origin")).toBe("https://edge.test");
		expect(await refused.json()).toMatchObject({ code: "EDGE_HANDSHAKE_RATE" });
	});

	it("asks Cloudflare's limiter where one is bound, by /64, and lets through when it is away", async () => {
		const keys: string[] = [];
		const limiter = (answer: () => Promise<{ success: boolean }>) => ({
			HANDSHAKE_LIMITER: {
				limit({ key }: { key: string }) {
					keys.push(key);
					return answer();
				},
			},
		});
		const one = (others: object) => () => ask(handshake, node, from("[2001:db8:1:2:3::9]:5"), others);
		const away = () => Promise.reject(new Error("away"));
		expect(
			await statuses([
				one(limiter(() => Promise.resolve({ success: false }))),
				one(limiter(() => Promise.resolve({ success: true }))),
				one(limiter(away)),
			]),
		).toEqual([503, 200, 200]);
		expect(new Set(keys)).toEqual(new Set(["app 2001:db8:1:2::/64"]));
	});
});
