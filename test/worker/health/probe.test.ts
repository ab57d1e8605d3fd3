import { afterEach, describe, expect, it, vi } from "vitest";
import {
	type CheckAnswer,
	checkNode,
	classifyCheck,
	engineCheckPath,
	hasOwnCheck,
	isEngineAnswer,
	keepAliveSecondsIn,
} from "../../../worker/health/probe.ts";
import { poolOf } from "../support/pools.ts";

const ENGINE_ERROR = '{"code":0,"message":"Transport unknown"}';
const REPORT = JSON.stringify({
	schema: 1,
	node: "n1",
	tag: "d0N",
	boot: "b1",
	state: "ready",
	sessions: 0,
	limit: 0,
	transports: { polling: 0, websocket: 0, flashsocket: 0 },
	opened: 0,
	closed: {},
});

function answer(status: number, body = "", changes: Partial<CheckAnswer> = {}): CheckAnswer {
	return { status, error: "", body, keepAlive: null, milliseconds: 7, ...changes };
}
const silent = answer(0, "", { error: "L4TOUT" });
const closed = answer(0, "", { error: "L4CON" });
const engine = answer(400, ENGINE_ERROR, { milliseconds: 2 });

describe("an answer to transport=none comes from Engine.IO", () => {
	it.each<[string, boolean, number, string]>([
		["of engine.io 1 to 6", true, 400, ENGINE_ERROR],
		["of engineioxide, whose code is text", true, 400, '{"code":"0","message":"Transport unknown"}'],
		[
			"of netty-socketio, whatever the order of the fields",
			true,
			400,
			'{ "message": "Transport unknown", "code": 0 }',
		],
		[
			"of another sticky-edge",
			true,
			400,
			'{"code":0,"message":"Transport unknown: use polling or websocket"}',
		],
		["of python-engineio 4.4 and later", true, 400, '"Invalid transport"'],
		["of python-engineio 4.0", true, 400, '"Invalid transport none"'],
		[
			"of python-engineio 3.14",
			true,
			400,
			'"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"',
		],
		["of go-socket.io", true, 400, "invalid transport: none\n"],
		["not with another status", false, 200, ENGINE_ERROR],
		["not with a status of a proxy", false, 404, ENGINE_ERROR],
		["not with another code", false, 400, '{"code":3,"message":"Bad request"}'],
		["not with another message", false, 400, '{"code":0,"message":"no such page"}'],
		["not without a body", false, 400, ""],
		["not as a list", false, 400, '[0,"Transport unknown"]'],
		["not as null", false, 400, "null"],
		["not as a page that mentions it", false, 400, "<html>Bad Request: Invalid transport</html>"],
		["not as a proxy's page", false, 400, "<html><h1>400 Bad Request</h1><hr>nginx</html>"],
	])("%s", (_what, expected, status, body) => {
		expect(isEngineAnswer({ status, body })).toBe(expected);
	});
});

describe("a node that never followed the contract", () => {
	it.each<[string, CheckAnswer, CheckAnswer, string, boolean, number]>([
		[
			"whose health path answers as expected is healthy without Engine.IO",
			answer(200, "ok"),
			closed,
			"L7OK",
			true,
			200,
		],
		["that sends its first report is healthy by it", answer(200, REPORT), engine, "L7OK", true, 200],
		[
			"that reports that it drains is healthy by its report",
			answer(503, REPORT.replace("ready", "draining")),
			engine,
			"L7OK",
			true,
			503,
		],
		["whose report has another status is not healthy", answer(404, REPORT), engine, "L7STS", false, 404],
		...[201, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 426, 429].map(
			(status): [string, CheckAnswer, CheckAnswer, string, boolean, number] => [
				`whose health path answers ${status} is judged by Engine.IO`,
				answer(status, "x"),
				engine,
				"NO CHECK",
				true,
				400,
			],
		),
		["whose health path is silent is judged by Engine.IO", silent, engine, "NO CHECK", true, 400],
		["that closes the connection is judged by Engine.IO", closed, engine, "NO CHECK", true, 400],
		["whose health path answers 500 is not healthy", answer(500), engine, "L7STS", false, 500],
		["whose health path answers 503 is not healthy", answer(503), engine, "L7STS", false, 503],
		[
			"whose Engine.IO path is missing too has the reason of the health path",
			answer(404),
			answer(404),
			"L7STS",
			false,
			404,
		],
		[
			"that answers 403 to both has the reason of the health path",
			answer(403),
			answer(403),
			"L7STS",
			false,
			403,
		],
		["that is silent on both has the reason of the health path", silent, silent, "L4TOUT", false, 0],
		["that is not there has the reason of the health path", closed, closed, "L4CON", false, 0],
		[
			"whose Engine.IO answers something else is not healthy",
			answer(404),
			answer(200, '0{"sid":"x"}'),
			"L7STS",
			false,
			404,
		],
	])("%s", (_what, health, engineAnswer, check, healthy, status) => {
		expect(classifyCheck(poolOf(), health, engineAnswer)).toMatchObject({ check, healthy, status });
	});

	it("takes its Keep-Alive from the answer that decided", () => {
		const kept = (keepAlive: string) => ({ keepAlive });
		const of404 = answer(404, "", kept("timeout=5"));
		expect(classifyCheck(poolOf(), of404, { ...engine, ...kept("timeout=72") }).keepAliveSeconds).toBe(72);
		expect(classifyCheck(poolOf(), of404, closed).keepAliveSeconds).toBe(5);
		expect(classifyCheck(poolOf(), answer(200, REPORT, kept("timeout=5")), engine).keepAliveSeconds).toBe(5);
	});
});

describe("the check is the operator's own", () => {
	it.each<[boolean, object]>([
		[false, {}],
		[false, { health_path: "/healthz", health: { status: 200, interval: 1 } }],
		[true, { health_path: "/health" }],
		[true, { health: { status: 404 } }],
		[true, { health_path: "/socket.io/?EIO=4&transport=none", health: { status: 400 } }],
	])("%s with %j", (own, fields) => {
		expect(hasOwnCheck(poolOf(fields as Record<string, unknown>))).toBe(own);
	});

	it("and Engine.IO is asked below the pool's own path", () => {
		expect(engineCheckPath(poolOf({ socket_path: "/live/ws/" }))).toBe("/live/ws/?EIO=4&transport=none");
	});
});

describe("the Keep-Alive header", () => {
	it.each<[string | null, number | null]>([
		["timeout=5", 5],
		["timeout=5, max=1000", 5],
		["max=1000, timeout=75", 75],
		["Timeout = 15", 15],
		['timeout="65"', 65],
		["max=100", null],
		["xtimeout=3", null],
		["", null],
		[null, null],
	])("%j means %j s", (header, seconds) => {
		expect(keepAliveSecondsIn(header)).toBe(seconds);
	});
});

describe("the check of a node", () => {
	afterEach(() => {
		vi.restoreAllMocks();
	});
	const pool = poolOf({ health: { timeout: 1 } });
	const FOREVER = Number.POSITIVE_INFINITY;

	/** A node whose health path and Engine.IO answer after the given ms; the paths that were requested. */
	function nodeWith(health: [number, Response], engineAnswer: [number, Response]): string[] {
		const paths: string[] = [];
		vi.spyOn(globalThis, "fetch").mockImplementation((url, init) => {
			const path = String(url).slice("http://127.0.0.1:3001".length);
			paths.push(path);
			const [ms, response] = path === "/healthz" ? health : engineAnswer;
			return new Promise((resolve, reject) => {
				init!.signal!.addEventListener("abort", () => reject(new Error("aborted")));
				if (ms !== FOREVER) setTimeout(() => resolve(response), ms);
			});
		});
		return paths;
	}
	const engineError = () => new Response(ENGINE_ERROR, { status: 400 });
	async function timed(hasSpoken: boolean, wasNoCheck: boolean) {
		const from = performance.now();
		const { check, status } = await checkNode(pool, pool.nodes[0]!, "", hasSpoken, wasNoCheck);
		return { check, status, ms: performance.now() - from };
	}

	it("asks only the health path while that answers as expected", async () => {
		const paths = nodeWith([0, new Response("ok")], [0, engineError()]);
		expect(await timed(false, false)).toMatchObject({ check: "L7OK", status: 200 });
		expect(paths).toEqual(["/healthz"]);
	});

	it("asks only the health path of a node that followed the contract, whatever it answers", async () => {
		const paths = nodeWith([0, new Response("", { status: 404 })], [0, engineError()]);
		expect(await timed(true, true)).toMatchObject({ check: "L7STS", status: 404 });
		expect(paths).toEqual(["/healthz"]);
	});

	it("waits for a health path that is slow at first, so that its 503 is not overlooked", async () => {
		const paths = nodeWith([600, new Response("", { status: 503 })], [0, engineError()]);
		expect(await timed(false, false)).toMatchObject({ check: "L7STS", status: 503 });
		expect(paths).toEqual(["/healthz", "/socket.io/?EIO=4&transport=none"]);
	});

	it("takes one timeout at a node that is silent beside Engine.IO, not two", async () => {
		nodeWith([FOREVER, engineError()], [0, engineError()]);
		const { check, ms } = await timed(false, false);
		expect(check).toBe("NO CHECK");
		expect(ms).toBeGreaterThan(900);
		expect(ms).toBeLessThan(1700);
	});

	it("takes a fraction of the timeout once the node is known to be silent", async () => {
		nodeWith([FOREVER, engineError()], [0, engineError()]);
		const { check, ms } = await timed(false, true);
		expect(check).toBe("NO CHECK");
		expect(ms).toBeLessThan(900);
	});

	it("notices that a node known as NO CHECK begins to follow the contract", async () => {
		nodeWith([50, new Response(REPORT)], [0, engineError()]);
		expect(await timed(false, true)).toMatchObject({ check: "L7OK", status: 200 });
	});

	it("has the reason of the health path when a node known as NO CHECK falls silent", async () => {
		nodeWith([FOREVER, engineError()], [FOREVER, engineError()]);
		expect(await timed(false, true)).toMatchObject({ check: "L4TOUT", status: 0 });
	});
});
