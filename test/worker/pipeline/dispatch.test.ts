import { afterEach, describe, expect, it, vi } from "vitest";
import {
	HANDSHAKE,
	newIsolate,
	OF_N1,
	OF_NO_NODE,
	OPENS,
	REFUSES,
	type Sent,
	send,
	withSessionsOf,
} from "../support/dispatching.ts";
import { isolateOf } from "../support/pools.ts";

afterEach(() => vi.restoreAllMocks());

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
		expect(await send({ path: HANDSHAKE, nodes, health: 200 })).toMatchObject(expected);
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
