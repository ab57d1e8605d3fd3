import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import type { Isolate } from "../../../worker/isolate.ts";
import { dispatch } from "../../../worker/pipeline/dispatch.ts";
import { isolateOf, parsed } from "../support/pools.ts";

/** What a node does with a request: a status, an answer, or no connection. */
type Behaviour = number | (() => Response) | "unreachable" | "silent";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const OF_N1 = `${HANDSHAKE}&sid=d0N0123456789abcdefg`;
const OF_NO_NODE = `${HANDSHAKE}&sid=zzz0123456789abcdefg`;
const REFUSES = () => new Response(null, { status: 503, headers: { "x-edge-refuse": "draining" } });
const OPENS = () => new Response('0{"sid":"0123456789abcdefghij","upgrades":[]}');

afterEach(() => vi.restoreAllMocks());

interface Sent {
	readonly isolate?: Isolate;
	readonly method?: string;
	readonly path: string;
	readonly body?: string;
	/** By node; n1, n2 and n3 are tried in this order. */
	readonly nodes: readonly [Behaviour, Behaviour, Behaviour];
}

/** Dispatches a request, and returns its outcome, status and the nodes that were tried. */
async function send({ isolate = newIsolate(), method = "GET", path, body, nodes }: Sent) {
	// The first of the nodes that are left is drawn.
	vi.spyOn(Math, "random").mockReturnValue(0);
	vi.spyOn(globalThis, "fetch").mockImplementation((url) => {
		const behaviour = nodes[Number(new URL(String(url)).port) - 3001]!;
		if (behaviour === "unreachable") return Promise.reject(new Error("connection refused"));
		if (behaviour === "silent") return new Promise(() => {});
		return Promise.resolve(
			typeof behaviour === "number" ? new Response("x", { status: behaviour }) : behaviour(),
		);
	});
	const request = new Request(`https://edge.test${path}`, { method, body: body ?? null });
	const ctx = { waitUntil: () => {} } as unknown as ExecutionContext;
	const contentLength = body === undefined ? null : String(body.length);
	const context = {
		request,
		parsed: parsed(method, path, null, { contentLength, forwardable: {} }),
		isolate,
		env: {} as Env,
		ctx,
		clientIp: "192.0.2.1",
		startedAt: Date.now(),
	};
	const { outcome, response, attempts } = await dispatch(context);
	return { outcome, status: response.status, tried: attempts.map(({ node }) => node.id).join(" ") };
}

const newIsolate = () => {
	const isolate = isolateOf({
		stickiness: "rewrite",
		timeouts: { handshake: 1, post: 1, poll: 1, http: 1 },
	});
	isolate.pools[0]!.table.turn = 0;
	return isolate;
};
const withSessionsOf = (state: "MAINT" | "DRAIN" | "DOWN") => {
	const isolate = isolateOf();
	isolate.pools[0]!.table.nodes[0]!.state = state;
	return isolate;
};

describe("a handshake", () => {
	it.each<[string, Sent["nodes"], object]>([
		[
			"is answered by the node that was chosen",
			[OPENS, OPENS, OPENS],
			{ outcome: "passed", status: 200, tried: "n1" },
		],
		[
			"goes on to the next node when one cannot be reached",
			["unreachable", OPENS, OPENS],
			{ outcome: "passed", tried: "n1 n2" },
		],
		["goes on when a node drains", [REFUSES, REFUSES, OPENS], { outcome: "passed", tried: "n1 n2 n3" }],
		[
			"goes on when a node does not answer in time",
			["silent", OPENS, OPENS],
			{ outcome: "passed", tried: "n1 n2" },
		],
		[
			"is answered 503 when every node fails",
			["unreachable", REFUSES, "unreachable"],
			{ outcome: "no_node", status: 503, tried: "n1 n2 n3" },
		],
		["keeps an application's own 403", [403, OPENS, OPENS], { outcome: "passed", status: 403, tried: "n1" }],
	])("%s", async (_what, nodes, expected) => {
		expect(await send({ path: HANDSHAKE, nodes })).toMatchObject(expected);
	});
});

describe("a session's request", () => {
	it.each<[string, Omit<Sent, "nodes">, Sent["nodes"], object]>([
		[
			"reaches the session's node",
			{ path: OF_N1 },
			[200, 500, 500],
			{ outcome: "passed", status: 200, tried: "n1" },
		],
		[
			"keeps an error of its node",
			{ path: OF_N1 },
			[500, 200, 200],
			{ outcome: "passed", status: 500, tried: "n1" },
		],
		[
			"goes to no other node when its own cannot be reached",
			{ path: OF_N1 },
			["unreachable", 200, 200],
			{ outcome: "gone", status: 400, tried: "n1" },
		],
		[
			"is gone when its node does not answer in time",
			{ path: OF_N1, method: "POST", body: "40" },
			["silent", 200, 200],
			{ outcome: "gone", status: 400, tried: "n1" },
		],
		[
			"is gone when its id names no node",
			{ path: OF_NO_NODE },
			[200, 200, 200],
			{ outcome: "gone", status: 400, tried: "" },
		],
		[
			"is gone when its node is in MAINT",
			{ path: OF_N1, isolate: withSessionsOf("MAINT") },
			[200, 200, 200],
			{ outcome: "gone", tried: "" },
		],
		[
			"reaches a node in DRAIN",
			{ path: OF_N1, isolate: withSessionsOf("DRAIN") },
			[200, 500, 500],
			{ outcome: "passed", tried: "n1" },
		],
		[
			"reaches a node that the monitor reports DOWN",
			{ path: OF_N1, isolate: withSessionsOf("DOWN") },
			[200, 500, 500],
			{ outcome: "passed", tried: "n1" },
		],
		[
			"that is a preflight gets a preflight's answer",
			{ path: OF_NO_NODE, method: "OPTIONS" },
			[200, 200, 200],
			{ outcome: "preflight", status: 204 },
		],
	])("%s", async (_what, sent, nodes, expected) => {
		expect(await send({ ...sent, nodes })).toMatchObject(expected);
	});

	it("that fails with a body is no evidence against its node, and one without a body is", async () => {
		const isolate = newIsolate();
		const failures = () => isolate.pools[0]!.table.nodes[0]!.failures;
		const nodes = ["unreachable", 200, 200] as const;
		await send({ isolate, path: OF_N1, method: "POST", body: "40", nodes });
		expect(failures()).toBe(0);
		await send({ isolate, path: OF_N1, nodes });
		expect(failures()).toBe(1);
	});
});

describe("a request outside Engine.IO", () => {
	it.each<[string, Omit<Sent, "nodes">, Sent["nodes"], object]>([
		[
			"by GET goes on to the next node",
			{ path: "/page" },
			["unreachable", 200, 200],
			{ outcome: "passed", status: 200, tried: "n1 n3" },
		],
		[
			"by POST is never repeated",
			{ path: "/form", method: "POST", body: "a=1" },
			["unreachable", 200, 200],
			{ outcome: "failed", status: 502, tried: "n1" },
		],
		[
			"is not repeated after a timeout, since the application may have acted",
			{ path: "/page" },
			["silent", 200, 200],
			{ outcome: "failed", status: 504, tried: "n1" },
		],
		[
			"keeps an application's own 500",
			{ path: "/page" },
			[500, 200, 200],
			{ outcome: "passed", status: 500, tried: "n1" },
		],
		[
			"is answered 502 when two nodes cannot be reached, since it may be what ends them",
			{ path: "/page" },
			["unreachable", "unreachable", "unreachable"],
			{ outcome: "failed", status: 502, tried: "n1 n3" },
		],
	])("%s", async (_what, sent, nodes, expected) => {
		expect(await send({ ...sent, nodes })).toMatchObject(expected);
	});
});

describe("before a node is contacted", () => {
	it("a request without a route is answered 404", async () => {
		const isolate = isolateOf({}, { ROUTES: [{ host: "other.test", pool: "app" }] });
		expect(await send({ isolate, path: "/", nodes: [200, 200, 200] })).toEqual({
			outcome: "no_route",
			status: 404,
			tried: "",
		});
	});

	it("a request that policy denies is answered with the denial", async () => {
		const path = "/socket.io/?EIO=4&transport=carrier-pigeon";
		expect(await send({ path, nodes: [200, 200, 200] })).toEqual({
			outcome: "denied",
			status: 400,
			tried: "",
		});
	});
});
