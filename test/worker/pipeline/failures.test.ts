import { afterEach, describe, expect, it, vi } from "vitest";
import type { Isolate } from "../../../worker/isolate.ts";
import { HANDSHAKE, newIsolate, OF_N1, OPENS, REFUSES, type Sent, send } from "../support/dispatching.ts";
import { isolateOf } from "../support/pools.ts";

afterEach(() => vi.restoreAllMocks());

/** With a status of success, but no session. */
const PAGE = () => new Response("<html>Log in</html>");

describe("a handshake that fails", () => {
	const UNAVAILABLE = () => new Response("<h1>Bad gateway</h1>", { status: 502 });
	it.each<[string, Sent["nodes"], object]>([
		[
			"with a proxy's 502 goes on to the next node",
			[UNAVAILABLE, OPENS, OPENS],
			{ outcome: "passed", status: 200, tried: "n1 n2" },
		],
		[
			"with a proxy's 502 at every node is answered 503 by the edge",
			[UNAVAILABLE, UNAVAILABLE, UNAVAILABLE],
			{ outcome: "no_node", status: 503 },
		],
	])("%s", async (_what, nodes, expected) => {
		expect(await send({ path: HANDSHAKE, nodes })).toMatchObject(expected);
	});

	it.each<[string, Sent["nodes"], object]>([
		["at one node goes on to the next", [PAGE, OPENS, OPENS], { outcome: "passed", tried: "n1 n2" }],
		[
			"at two nodes is their error, and a third one is not asked",
			[PAGE, PAGE, OPENS],
			{ outcome: "no_node", status: 502, tried: "n1 n2" },
		],
		[
			"at one node is not the error when the other is full",
			[PAGE, REFUSES, REFUSES],
			{ outcome: "no_node", status: 503 },
		],
	])("because its answer cannot be rewritten, %s", async (_what, nodes, expected) => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		expect(await send({ path: HANDSHAKE, nodes })).toMatchObject(expected);
	});

	it("is sent to three nodes at most", async () => {
		const nodes = ["n1", "n2", "n3", "n4", "n5"].map((id, i) => ({
			id,
			url: `http://127.0.0.1:${3001 + (i % 3)}`,
		}));
		const isolate = isolateOf({ stickiness: "rewrite", nodes });
		const { tried } = await send({
			isolate,
			path: HANDSHAKE,
			nodes: [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE],
		});
		expect(tried.split(" ")).toHaveLength(3);
	});

	it("because it ends its node is sent to one other node at most", async () => {
		const nodes = ["unreachable", "unreachable", OPENS] as const;
		expect(await send({ path: HANDSHAKE, nodes, health: 200 })).toMatchObject({
			outcome: "no_node",
			tried: "n1 n2",
		});
	});

	it("causes at most one health check of the next node in a second, however many handshakes fail at once", async () => {
		const isolate = newIsolate();
		const sent = { isolate, path: HANDSHAKE, nodes: ["unreachable", OPENS, OPENS], health: 200 } as const;
		const all = Promise.all(Array.from({ length: 20 }, () => send(sent)));
		const fetched = vi.mocked(globalThis.fetch);
		for (const { outcome } of await all) expect(outcome).toBe("passed");
		const checks = fetched.mock.calls.filter(([url]) => String(url).endsWith("/healthz"));
		expect(checks.length).toBeGreaterThan(0);
		expect(checks.length).toBeLessThanOrEqual(2);
	});

	it("because its node cannot be reached passes over a node that fails a health check, if there is another", async () => {
		const isolate = newIsolate();
		const sent = { isolate, path: HANDSHAKE, health: "unreachable" } as const;
		const two = await send({ ...sent, nodes: ["unreachable", "unreachable", OPENS] });
		expect(two).toMatchObject({ outcome: "passed", tried: "n1 n3" });
		expect(isolate.pools[0]!.table.nodes.map(({ pendingHandshakes }) => pendingHandshakes)).toEqual([
			[],
			[],
			[],
		]);
		const other = newIsolate();
		other.pools[0]!.table.nodes[2]!.state = "MAINT";
		const one = await send({ ...sent, isolate: other, nodes: ["unreachable", OPENS, OPENS] });
		expect(one).toMatchObject({ outcome: "passed", tried: "n1 n2" });
	});

	it("makes its node the last choice until a handshake opens a session there", async () => {
		const isolate = newIsolate();
		await send({ isolate, path: HANDSHAKE, nodes: ["unreachable", OPENS, OPENS] });
		expect(await send({ isolate, path: HANDSHAKE, nodes: [OPENS, OPENS, OPENS] })).not.toMatchObject({
			tried: "n1",
		});
		isolate.pools[0]!.table.nodes.slice(1).forEach((status) => {
			status.weight = 0;
		});
		expect(await send({ isolate, path: HANDSHAKE, nodes: [OPENS, OPENS, OPENS] })).toMatchObject({
			tried: "n1",
		});
		expect(isolate.pools[0]!.table.nodes[0]!.failures).toBe(0);
	});

	it("or is answered 403 adds no pick, and one that opens a session adds one", async () => {
		const isolate = newIsolate();
		const picks = () => isolate.pools[0]!.table.nodes.map((status) => Math.round(status.picks));
		await send({ isolate, path: HANDSHAKE, nodes: [403, 403, 403] });
		await send({ isolate, path: HANDSHAKE, nodes: ["unreachable", "unreachable", "unreachable"] });
		expect(picks()).toEqual([0, 0, 0]);
		await send({ isolate, path: HANDSHAKE, nodes: [OPENS, OPENS, OPENS] });
		expect(picks().reduce((sum, each) => sum + each)).toBe(1);
	});

	it("keeps its node suspected through an answer of 403, until a session opens there", async () => {
		const isolate = newIsolate();
		const failures = () => isolate.pools[0]!.table.nodes[0]!.failures;
		for (const status of isolate.pools[0]!.table.nodes.slice(1)) status.state = "MAINT";
		await send({ isolate, path: HANDSHAKE, nodes: ["unreachable", 200, 200] });
		await send({ isolate, path: HANDSHAKE, nodes: [403, 200, 200] });
		expect(failures()).toBe(1);
		await send({ isolate, path: HANDSHAKE, nodes: [OPENS, 200, 200] });
		expect(failures()).toBe(0);
	});
});

describe("a request for a file of the client bundle, with a handshake's query", () => {
	it("gets the file, and adds neither a pick nor a warning", async () => {
		const isolate = newIsolate();
		const file = () => new Response("…", { headers: { "content-type": "application/javascript" } });
		const bundle = "/socket.io/socket.io.js?EIO=4&transport=polling";
		const sent = await send({ isolate, path: bundle, nodes: [file, file, file] });
		expect(sent).toEqual({ outcome: "passed", status: 200, tried: "n1" });
		expect(isolate.pools[0]!.table.nodes[0]!.warnings).toEqual({});
		expect(
			isolate.pools[0]!.table.nodes.map(({ picks, pendingHandshakes }) => [picks, pendingHandshakes]),
		).toEqual(Array(3).fill([0, []]));
	});
});

describe("a failed exchange", () => {
	const HEALTHY = 200;
	/** Sends one request, lets what it leaves to `waitUntil` finish, and returns the number of health checks and the node's state. */
	async function afterwards(isolate: Isolate, sent: Omit<Sent, "isolate">) {
		const fetched = vi.spyOn(globalThis, "fetch");
		const before = fetched.mock.calls.length;
		const left: Promise<unknown>[] = [];
		await send({ isolate, ...sent, waitUntil: (work) => left.push(work) });
		await Promise.all(left);
		const checks = fetched.mock.calls
			.slice(before)
			.filter(([url]) => String(url) === "http://127.0.0.1:3001/healthz").length;
		const { failedChecks, failures } = isolate.pools[0]!.table.nodes[0]!;
		return { checks, isOpen: failedChecks > 0, failures };
	}

	it("that is the third in a row, while health checks pass, keeps the node last and is a warning in the log", async () => {
		const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
		const isolate = newIsolate();
		const [status] = isolate.pools[0]!.table.nodes;
		const nodes = ["unreachable", OPENS, OPENS] as const;
		await afterwards(isolate, { path: HANDSHAKE, nodes, health: HEALTHY });
		expect(warn).not.toHaveBeenCalled();
		// The check was a while ago, not in this millisecond.
		Object.assign(status!, { failures: 2, failedAt: Date.now(), checkedAt: 0, nextCheckAt: 0 });
		for (const other of isolate.pools[0]!.table.nodes.slice(1)) other.state = "MAINT";
		const after = await afterwards(isolate, { path: HANDSHAKE, nodes, health: HEALTHY });
		expect(after).toEqual({ checks: 1, isOpen: false, failures: 3 });
		const lines = warn.mock.calls.map(([line]) => JSON.parse(line as string));
		expect(lines).toEqual([
			expect.objectContaining({ event: "warning", warning: "handshakes_fail", pool: "app", node: "n1" }),
		]);
		expect(lines[0].cure).toBe(status!.warnings["handshakes_fail"]);
	});

	it("that is evidence is followed by the isolate's own health check, which opens the breaker only when it fails", async () => {
		const nodes = ["unreachable", OPENS, OPENS] as const;
		expect(await afterwards(newIsolate(), { path: HANDSHAKE, nodes, health: HEALTHY })).toEqual({
			checks: 1,
			isOpen: false,
			failures: 0,
		});
		expect(await afterwards(newIsolate(), { path: HANDSHAKE, nodes, health: "unreachable" })).toMatchObject({
			checks: 1,
			isOpen: true,
		});
	});

	it.each<[string, Omit<Sent, "nodes" | "isolate">]>([
		["plain http", { path: "/page" }],
		["an upgrade outside Engine.IO", { path: "/ws", upgrade: "websocket" }],
		["a body", { path: OF_N1, method: "POST", body: "40" }],
		["an Engine.IO query below another path", { path: "/socket.io/x?EIO=4&transport=polling" }],
	])("of %s is no evidence: no health check, no suspicion", async (_what, sent) => {
		const isolate = newIsolate();
		for (const status of isolate.pools[0]!.table.nodes.slice(1)) status.state = "MAINT";
		const nodes = ["unreachable", 200, 200] as const;
		for (let i = 0; i < 5; i++)
			expect(await afterwards(isolate, { ...sent, nodes, health: "unreachable" })).toEqual({
				checks: 0,
				isOpen: false,
				failures: 0,
			});
	});
});

describe("a session's request that a proxy answers for its node", () => {
	const UNAVAILABLE = () => new Response("<h1>Bad gateway</h1>", { status: 502 });
	it.each([
		["is gone, if the node follows the contract", true, { outcome: "gone", status: 400, tried: "n1" }],
		[
			"keeps that answer, if it may be the node's own",
			false,
			{ outcome: "passed", status: 502, tried: "n1" },
		],
	])("%s", async (_what, hasSpokenContract, expected) => {
		const isolate = newIsolate();
		isolate.pools[0]!.table.nodes[0]!.hasSpokenContract = hasSpokenContract;
		expect(await send({ isolate, path: OF_N1, nodes: [UNAVAILABLE, 200, 200] })).toMatchObject(expected);
	});
});
