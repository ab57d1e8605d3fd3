import { describe, expect, it } from "vitest";
import type { NodeHealth } from "../../../worker/contract.ts";
import { judgeProbe, type Probe } from "../../../worker/health/probe.ts";
import { observe, stateOf, told, UNWATCHED, type Watched } from "../../../worker/health/watch.ts";
import { readWord } from "../../../worker/health/word.ts";
import { poolOf } from "../support/pools.ts";

const pool = poolOf({ health: { rise: 2, fall: 3 } });
const node = pool.nodes[0]!;
const health = (fields: Partial<NodeHealth> = {}): NodeHealth => ({
	schema: 1,
	node: "n1",
	tag: node.tag,
	boot: "b1",
	state: "ready",
	sessions: 0,
	limit: 0,
	transports: { polling: 0, websocket: 0, flashsocket: 0 },
	opened: 0,
	closed: {},
	...fields,
});
const good = (fields: Partial<NodeHealth> = {}): Probe => judgeProbe(200, 200, health(fields), 3);
const bad: Probe = { well: false, check: "L4CON", status: 0, milliseconds: 1, health: null };
const seen = (probes: readonly Probe[], from: Watched = UNWATCHED, start = 1000) =>
	probes.reduce((watched, probe, i) => observe(watched, probe, pool, node, start + i), from);

describe("a probe", () => {
	it.each([
		[200, 200, null, true],
		[200, 500, null, false],
		[204, 204, null, true],
		[200, 503, health({ state: "draining" }), true],
		[200, 503, health({ state: "full" }), true],
		[200, 503, health(), false],
	] as const)("that wants %i and gets %i with health %o is well: %s", (wanted, status, said, well) => {
		expect(judgeProbe(wanted, status, said, 1).well).toBe(well);
	});
});

describe("a watched node", () => {
	it("is UP until it was proven otherwise, and falls after `fall` failures in a row", () => {
		expect(stateOf(UNWATCHED)).toBe("UP");
		expect(stateOf(seen([bad, bad]))).toBe("UP");
		expect(stateOf(seen([bad, bad, good(), bad, bad]))).toBe("UP");
		expect(stateOf(seen([bad, bad, bad]))).toBe("DOWN");
	});

	it("rises after `rise` good answers in a row, and slow start begins there", () => {
		const down = seen([bad, bad, bad]);
		expect(stateOf(seen([good()], down))).toBe("DOWN");
		const up = seen([good(), good()], down, 9000);
		expect(stateOf(up)).toBe("UP");
		expect(up.risen).toBe(9001);
	});

	it("names time and reason of the last change, counts, and adds up its time DOWN", () => {
		const down = seen([bad, bad, bad]);
		expect(down).toMatchObject({
			since: 1002,
			reason: "L4CON in 1 ms",
			downs: 1,
			failedProbes: 3,
			downtime: 0,
		});
		const up = seen([good(), good()], down, 9000);
		expect(up).toMatchObject({ since: 9001, reason: "L7OK/200 in 3 ms", downtime: 7999 });
	});

	it("drains by its own word, and starts slowly when it is ready again", () => {
		const draining = seen([good({ state: "draining" })]);
		expect(stateOf(draining)).toBe("DRAIN");
		const ready = seen([good()], draining);
		expect(stateOf(ready)).toBe("UP");
		expect(ready.risen).toBe(ready.since);
	});

	it.each([
		["maint", [good()], "MAINT"],
		["maint", [bad, bad, bad], "MAINT"],
		["drain", [good()], "DRAIN"],
		["drain", [bad, bad, bad], "DOWN"],
		["ready", [good()], "UP"],
	] as const)("told %s after %o is %s", (word, probes, state) => {
		expect(stateOf(told(seen(probes), word, null, 5000))).toBe(state);
	});

	it("is found to mint another node's tag, in a pool that goes by sid only", () => {
		expect(seen([good({ tag: "zzz" })]).fault).toBe("foreign_tag");
		expect(seen([good({ tag: "zzz" }), good()]).fault).toBe("");
		const other = poolOf({ stickiness: "rewrite" });
		expect(observe(UNWATCHED, good({ tag: "zzz" }), other, other.nodes[0]!, 1).fault).toBe("");
	});

	it("is found to be several processes when a boot id comes back, and not when it restarts", () => {
		expect(seen([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "a" })]).fault).toBe(
			"many_processes",
		);
		expect(seen([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "c" })]).fault).toBe("");
	});
});

describe("a watched node that restarts", () => {
	it("starts slowly, though no probe ever failed", () => {
		expect(seen([good({ boot: "a" }), good({ boot: "b" })]).risen).toBe(1001);
	});

	it("is forgiven an overlap of two processes when one alone has answered for a while", () => {
		const overlap = seen([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "a" })]);
		expect(overlap.fault).toBe("many_processes");
		expect(
			seen(
				Array.from({ length: 10 }, () => good({ boot: "a" })),
				overlap,
			).fault,
		).toBe("");
	});
});

describe("readWord", () => {
	it.each([
		[
			{ pool: "app", node: "n1", word: "drain" },
			{ pool: "app", node: "n1", word: "drain", weight: null },
		],
		[
			{ pool: "app", node: "n1", weight: 0 },
			{ pool: "app", node: "n1", word: null, weight: 0 },
		],
		[{ pool: "app", node: "n1" }, "word: missing; write one of ready, drain, maint, or a weight"],
		[{ pool: "app", node: "n1", word: "kill" }, 'word: "kill" is not one of ready, drain, maint'],
		[{ pool: "app", node: "n1", weight: 300 }, "weight: 300 is not a whole number from 0 to 256"],
		[{ node: "n1", word: "drain" }, "pool: missing; write the pool's name"],
		[null, 'body: not a JSON object; write {"pool", "node", "word"}'],
	])("reads %o as %o", (body, wanted) => {
		expect(readWord(body)).toEqual(wanted);
	});
});
