import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import worker from "../../../worker/index.ts";
import { variables } from "../support/pools.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

afterEach(() => vi.restoreAllMocks());

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const FROM_PAGE = { headers: { origin: "https://edge.test" } };

interface SendOptions {
	readonly init?: RequestInit;
	readonly others?: Readonly<Record<string, unknown>>;
	readonly env?: Env;
	/** Changes the request before the edge gets it. */
	readonly prepare?: (request: Request) => void;
}

/** Sends a request to an edge without Durable Objects, whose nodes answer with `answer`. */
async function send(path: string, answer: () => Response, options: SendOptions = {}): Promise<Response> {
	const { init = {}, others = {}, prepare } = options;
	const given = options.env ?? (variables({ stickiness: "rewrite" }, others) as Env);
	vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(answer()));
	const ctx = createExecutionContext();
	const request = new Request(`https://edge.test${path}`, init) as Incoming;
	prepare?.(request);
	const response = await worker.fetch(request, given, ctx);
	await waitOnExecutionContext(ctx);
	return response;
}

/** The lines written to `console.error`, as JSON. */
function errorLines(): unknown[] {
	const lines: unknown[] = [];
	vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
	return lines;
}

/** A node's answer with a status that the Response constructor rejects. */
function answerWithStatus(status: number): Response {
	const response = new Response("x");
	Object.defineProperty(response, "status", { value: status });
	return response;
}

describe("the Worker", () => {
	it("answers an internal error with an id and CORS, and logs the reason under that id only", async () => {
		const lines = errorLines();
		const response = await send("/form", () => new Response("x"), {
			init: { ...FROM_PAGE, method: "POST", body: "a=1" },
			prepare: (request) =>
				Object.defineProperty(request, "body", {
					get() {
						throw new Error("a broken platform");
					},
				}),
		});
		expect(response.status).toBe(500);
		expect(response.headers.get("access-control-allow-origin")).toBe("https://edge.test");
		const body = (await response.json()) as { code: string; message: string; id: string };
		expect(body).toMatchObject({ code: "EDGE_INTERNAL", id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
		expect(JSON.stringify(body)).not.toContain("a broken platform");
		expect(lines).toMatchObject([
			{ code: "EDGE_INTERNAL", id: body.id, reason: expect.stringContaining("a broken platform") },
			{ event: "request", id: body.id, status: 500, ending: "internal", termination: "I-NN" },
		]);
	});

	it("answers an error while recording in the same way", async () => {
		const lines = errorLines();
		vi.spyOn(console, "log").mockImplementation(() => {
			throw new Error("a broken log");
		});
		vi.spyOn(console, "warn").mockImplementation(() => {});
		const response = await send(HANDSHAKE, () => new Response('0{"sid":"x"}'), { init: FROM_PAGE });
		expect(response.status).toBe(500);
		expect(response.headers.get("access-control-allow-origin")).toBe("https://edge.test");
		expect(lines).toMatchObject([
			{ code: "EDGE_INTERNAL", reason: expect.stringContaining("a broken log") },
			{ event: "request", ending: "internal" },
		]);
	});

	it.each([
		["a page", "GET", "/page", 999],
		["a form", "POST", "/form", 600],
		["a handshake", "GET", HANDSHAKE, 999],
		["a poll", "GET", `${HANDSHAKE}&sid=d0N0123456789abcdefg`, 199],
	])(
		"answers %s with a logged 502 or 503 and CORS when the node's status cannot be forwarded",
		async (_what, method, path, status) => {
			const lines = errorLines();
			const response = await send(path, () => answerWithStatus(status), { init: { ...FROM_PAGE, method } });
			const handshake = path === HANDSHAKE;
			expect(response.status).toBe(handshake ? 503 : 502);
			expect(response.headers.get("access-control-allow-origin")).toBe("https://edge.test");
			expect(await response.json()).toMatchObject({ code: handshake ? "EDGE_NO_NODE" : "EDGE_NODE_ANSWER" });
			expect(lines).toMatchObject([
				{ event: "request", ending: handshake ? "no_node" : "failed", termination: "PHNN" },
			]);
		},
	);

	it("answers 500 with an invalid configuration, and logs the problem", async () => {
		const lines = errorLines();
		const response = await send("/", () => new Response("x"), { others: { EDGE: { hsts: "much" } } });
		expect([response.status, await response.json()]).toMatchObject([500, { code: "EDGE_CONFIG" }]);
		expect(JSON.stringify(lines)).toContain("EDGE.hsts");
	});

	it("forwards a node's answer with its status, headers and body", async () => {
		const response = await send(
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
	const node = () => new Response('0{"sid":"x"}', { headers: { "content-type": "text/plain" } });
	const from = (clientIp: string) =>
		({ cf: { clientIp }, headers: { origin: "https://edge.test" } }) as RequestInit;
	const statuses = async (sends: readonly (() => Promise<Response>)[]) => {
		const found: number[] = [];
		for (const each of sends) found.push((await each()).status);
		return found;
	};

	it("answers 503 with CORS to an address above the limit, but not to another address", async () => {
		vi.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 10, 23, 12));
		const given = variables({ stickiness: "rewrite", handshake_rate: 2 }) as Env;
		const one = (ip: string) => () => send(HANDSHAKE, node, { init: from(ip), env: given });
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

	it("is counted by Cloudflare's limiter where one is bound, by /64, and admits all clients when that is unavailable", async () => {
		const keys: string[] = [];
		const limiter = (answer: () => Promise<{ success: boolean }>) => ({
			HANDSHAKE_LIMITER: {
				limit({ key }: { key: string }) {
					keys.push(key);
					return answer();
				},
			},
		});
		const one = (others: Readonly<Record<string, unknown>>) => () =>
			send(HANDSHAKE, node, { init: from("[2001:db8:1:2:3::9]:5"), others });
		const unavailable = () => Promise.reject(new Error("unavailable"));
		expect(
			await statuses([
				one(limiter(() => Promise.resolve({ success: false }))),
				one(limiter(() => Promise.resolve({ success: true }))),
				one(limiter(unavailable)),
			]),
		).toEqual([503, 200, 200]);
		expect(new Set(keys)).toEqual(new Set(["app 2001:db8:1:2::/64"]));
	});
});
