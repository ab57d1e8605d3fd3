import { beforeEach, describe, expect, it } from "vitest";
import { candidates, share } from "../../../worker/choose/candidates.ts";
import { choose } from "../../../worker/choose/choose.ts";
import { hashKey } from "../../../worker/choose/key.ts";
import { nodeOfSource } from "../../../worker/choose/source.ts";
import { STATES, type State } from "../../../worker/contract.ts";
import { onOutcome } from "../../../worker/health/breaker.ts";
import { type Knowledge, newKnowledge } from "../../../worker/health/knowledge.ts";
import { poolOf } from "../support/pools.ts";

const pool = poolOf();
let known: Knowledge;
const say = (...states: State[]) => known.state.set(states.map((state) => STATES.indexOf(state)));
const names = (now = 1000, tried: number[] = [], session = true) =>
	candidates(
		pool,
		known,
		tried.map((i) => pool.nodes[i]!),
		now,
		session,
	)
		.map((each) => each.node.id)
		.join(" ");
const fail = (i: number, times: number, now: number) => {
	for (let n = 0; n < times; n++) onOutcome(known, i, "unreachable", now, () => 1);
};

beforeEach(() => {
	known = newKnowledge(pool, () => 0);
});

describe("candidates for a new session", () => {
	it.each([
		[["UP", "UP", "UP"], "n1 n2 n3"],
		[["UP", "DOWN", "UP"], "n1 n3"],
		[["DRAIN", "UP", "MAINT"], "n2"],
		[["DOWN", "DOWN", "DOWN"], "n1 n2 n3"],
		[["DOWN", "DRAIN", "MAINT"], "n1"],
		[["DRAIN", "DRAIN", "MAINT"], ""],
	] as const)("with states %j are: %s", (states, wanted) => {
		say(...states);
		expect(names()).toBe(wanted);
	});

	it("are not those tried already; then the ones called DOWN", () => {
		say("UP", "UP", "DOWN");
		expect(names(1000, [0])).toBe("n2");
		expect(names(1000, [0, 1])).toBe("n3");
	});

	it("are not those of weight 0", () => {
		known.weight[1] = 0;
		expect(names()).toBe("n1 n3");
	});

	it("are not those that reported as many sessions as they take, own picks since included", () => {
		known.boot.fill("b");
		known.limit.fill(10);
		known.sessions.set([10, 9, 3]);
		known.picks.set([0, 1, 0]);
		expect(names()).toBe("n3");
	});

	it("are none when all are full: a node called DOWN does not stand in for a full one", () => {
		known.boot.fill("b");
		say("UP", "UP", "DOWN");
		known.limit.fill(1);
		known.sessions.set([1, 1, 0]);
		expect(names()).toBe("");
	});

	it("are not those that failed three times in a row, until the pause is over", () => {
		fail(0, 2, 1000);
		expect(names(1000)).toBe("n1 n2 n3");
		fail(0, 1, 1000);
		expect(names(1999)).toBe("n2 n3");
		expect(names(2000)).toBe("n1 n2 n3");
	});

	it("are none when all fail by this isolate's own evidence, whatever the monitor says", () => {
		for (const i of [0, 1, 2]) fail(i, 3, 1000);
		expect(names(1000)).toBe("");
	});

	it("are all of them where none ever reported: its sessions that ended would count for ever", () => {
		known.limit.fill(1);
		known.picks.fill(50);
		expect(names()).toBe("n1 n2 n3");
	});

	it("of a plain request are full and refusing nodes too: it opens no session", () => {
		known.boot.fill("b");
		known.limit.fill(1);
		known.sessions.fill(1);
		onOutcome(known, 1, "refused", 1000, () => 1);
		expect(names(1001, [], false)).toBe("n1 n2 n3");
	});

	it("leave a node that refused alone for a while", () => {
		onOutcome(known, 1, "refused", 1000, () => 1);
		expect(names(1001)).toBe("n1 n3");
		expect(names(4001)).toBe("n1 n2 n3");
	});
});

describe("the breaker", () => {
	it("lets one trial through when its pause is over, and the others wait for its outcome", () => {
		fail(0, 3, 1000);
		const only = poolOf({ nodes: [{ id: "n1", url: "http://127.0.0.1:3001" }] });
		const chance = { now: 2500, random: () => 0, key: null, prefer: null, session: true };
		expect(choose(only, known, [], chance)?.id).toBe("n1");
		expect(choose(only, known, [], chance)).toBeNull();
		onOutcome(known, 0, "ok", 2600, () => 1);
		expect(choose(only, known, [], { ...chance, now: 2601 })?.id).toBe("n1");
	});

	it("doubles the pause with each failed trial, up to half a minute", () => {
		fail(0, 3, 0);
		expect(known.openUntil[0]).toBe(1000);
		fail(0, 1, 0);
		expect(known.openUntil[0]).toBe(2000);
		fail(0, 20, 0);
		expect(known.openUntil[0]).toBe(30_000);
	});

	it("starts a node slowly that came back", () => {
		fail(0, 3, 0);
		onOutcome(known, 0, "ok", 5000, () => 1);
		expect(candidates(pool, known, [], 5000, true).map((each) => each.weight)).toEqual([
			1000, 10_000, 10_000,
		]);
		expect(candidates(pool, known, [], 35_000, true).map((each) => each.weight)).toEqual([
			10_000, 10_000, 10_000,
		]);
	});
});

describe("share, in slow start", () => {
	it.each([
		[0, 30_000, 5, 1],
		[1000, 0, 1001, 1],
		[1000, 30_000, 1000, 0.1],
		[1000, 30_000, 16_000, 0.5],
		[1000, 30_000, 31_000, 1],
	])("risen at %i, over %i ms, at %i is %f", (risen, slow, now, wanted) => {
		expect(share(risen, slow, now)).toBe(wanted);
	});
});

describe("choose", () => {
	const chance = { now: 1000, random: () => 0, key: null, prefer: null, session: true };
	it("takes the node of the client's cookie while it takes new sessions, and another when it does not", () => {
		const prefer = pool.nodes[2]!;
		expect(choose(pool, known, [], { ...chance, prefer })?.id).toBe("n3");
		say("UP", "UP", "DRAIN");
		expect(choose(pool, known, [], { ...chance, prefer })?.id).not.toBe("n3");
	});

	it("keeps a key to its node, and to the others' nodes when it leaves", () => {
		const first = choose(pool, known, [], { ...chance, key: "room-7" })!;
		expect(choose(pool, known, [], { ...chance, key: "room-7" })).toBe(first);
		expect(choose(pool, known, [first], { ...chance, key: "room-7" })).not.toBe(first);
	});

	it("counts its picks, so that a burst spreads before the next report", () => {
		for (let i = 0; i < 300; i++) choose(pool, known, [], { ...chance, random: Math.random });
		expect(Math.max(...known.picks) - Math.min(...known.picks)).toBeLessThan(20);
	});

	it("counts no pick for a plain request", () => {
		for (let i = 0; i < 10; i++) choose(pool, known, [], { ...chance, session: false });
		expect([...known.picks, ...known.given]).toEqual([0, 0, 0, 0, 0, 0]);
	});

	it("takes turns in a round-robin pool", () => {
		const turns = poolOf({ balance: "roundrobin" });
		const ids = Array.from({ length: 6 }, () => choose(turns, known, [], chance)!.id);
		expect([...ids.slice(0, 3)].sort()).toEqual(["n1", "n2", "n3"]);
		expect(ids.slice(3)).toEqual(ids.slice(0, 3));
	});
});

describe("nodeOfSource", () => {
	it("moves only the clients of the node that is not UP, and not for slow start", () => {
		const addresses = Array.from({ length: 100 }, (_, i) => `10.1.2.${i}`);
		const before = addresses.map((address) => nodeOfSource(pool, known, address, [], 1000)!.id);
		say("UP", "DRAIN", "UP");
		known.risen[0] = 999;
		const after = addresses.map((address) => nodeOfSource(pool, known, address, [], 1000)!.id);
		for (const [i, id] of before.entries()) expect(after[i] === id || id === "n2").toBe(true);
		expect(after).not.toContain("n2");
	});
});

describe("nodeOfSource, without a monitor", () => {
	it("moves the clients of a node that fails by this isolate's evidence, until its pause is over", () => {
		const first = nodeOfSource(pool, known, "10.0.0.1", [], 1000)!;
		fail(first.index, 3, 1000);
		expect(nodeOfSource(pool, known, "10.0.0.1", [], 1500)).not.toBe(first);
		expect(nodeOfSource(pool, known, "10.0.0.1", [], 2500)).toBe(first);
	});
});

describe("hashKey", () => {
	const headers = new Headers({ "x-room": "7", cookie: "a=1; user=ada" });
	it.each([
		["header:x-room", "7"],
		["header:x-none", null],
		["cookie:user", "ada"],
		["query:room", "blue"],
	])("reads %s as %s", (hash_on, wanted) => {
		expect(hashKey(poolOf({ balance: "hash", hash_on }), "?room=blue", headers)).toBe(wanted);
	});
});
