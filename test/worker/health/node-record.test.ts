import { describe, expect, it } from "vitest";
import type { NodeHealth } from "../../../worker/contract.ts";
import {
	afterChange,
	afterProbe,
	hasSpokenContract,
	NEW_NODE_RECORD,
	type NodeRecord,
	stateOf,
	underConfiguration,
} from "../../../worker/health/node-record.ts";
import { type Probe, probeResult } from "../../../worker/health/probe.ts";
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
const good = (fields: Partial<NodeHealth> = {}): Probe => probeResult(200, 200, health(fields), 3);
const bad: Probe = {
	healthy: false,
	check: "L4CON",
	status: 0,
	milliseconds: 1,
	health: null,
	keepAliveSeconds: null,
};
/** The record after several probes, 1 ms apart. */
const probed = (probes: readonly Probe[], from: NodeRecord = NEW_NODE_RECORD, start = 1000) =>
	probes.reduce((record, probe, i) => afterProbe(record, probe, pool, node, start + i), from);

describe("a probe", () => {
	it.each([
		[200, 200, null, true],
		[200, 500, null, false],
		[204, 204, null, true],
		[200, 503, health({ state: "draining" }), true],
		[200, 503, health({ state: "full" }), true],
		[200, 503, health(), false],
	] as const)(
		"that expects %i and gets %i with health %o is healthy: %s",
		(expected, status, report, healthy) => {
			expect(probeResult(expected, status, report, 1).healthy).toBe(healthy);
		},
	);
});

describe("a probed node", () => {
	it("is UP at first, and DOWN after `fall` failures in a row", () => {
		expect(stateOf(NEW_NODE_RECORD)).toBe("UP");
		expect(stateOf(probed([bad, bad]))).toBe("UP");
		expect(stateOf(probed([bad, bad, good(), bad, bad]))).toBe("UP");
		expect(stateOf(probed([bad, bad, bad]))).toBe("DOWN");
	});

	it("is UP again after `rise` good answers in a row, and then begins slow start", () => {
		const down = probed([bad, bad, bad]);
		expect(stateOf(probed([good()], down))).toBe("DOWN");
		const up = probed([good(), good()], down, 9000);
		expect(stateOf(up)).toBe("UP");
		expect(up.risen).toBe(9001);
	});

	it("has the time and reason of its last change, its failures, and its total time DOWN", () => {
		const down = probed([bad, bad, bad]);
		expect(down).toMatchObject({
			since: 1002,
			reason: "L4CON in 1 ms",
			downs: 1,
			failedProbes: 3,
			downtime: 0,
		});
		const up = probed([good(), good()], down, 9000);
		expect(up).toMatchObject({ since: 9001, reason: "L7OK/200 in 3 ms", downtime: 7999 });
	});

	it("is in DRAIN while it reports that it drains, and begins slow start when it is ready again", () => {
		const draining = probed([good({ state: "draining" })]);
		expect(stateOf(draining)).toBe("DRAIN");
		const ready = probed([good()], draining);
		expect(stateOf(ready)).toBe("UP");
		expect(ready.risen).toBe(ready.since);
	});

	it.each([
		["maint", [good()], "MAINT"],
		["maint", [bad, bad, bad], "MAINT"],
		["drain", [good()], "DRAIN"],
		["drain", [bad, bad, bad], "DOWN"],
		["ready", [good()], "UP"],
	] as const)("set to %s after %o is %s", (adminState, probes, state) => {
		expect(stateOf(afterChange(probed(probes), { adminState, weight: undefined }, node, 5000))).toBe(state);
	});

	it("has the fault foreign_tag when its tag is another, but only with sid stickiness", () => {
		expect(probed([good({ tag: "zzz" })]).fault).toBe("foreign_tag");
		expect(probed([good({ tag: "zzz" }), good()]).fault).toBe("");
		const other = poolOf({ stickiness: "rewrite" });
		expect(afterProbe(NEW_NODE_RECORD, good({ tag: "zzz" }), other, other.nodes[0]!, 1).fault).toBe("");
	});

	it("has the fault many_processes when an earlier boot id returns, but not when it restarts", () => {
		expect(probed([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "a" })]).fault).toBe(
			"many_processes",
		);
		expect(probed([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "c" })]).fault).toBe("");
	});
});

describe("a probed node that restarts", () => {
	it("begins slow start, although no probe failed", () => {
		expect(probed([good({ boot: "a" }), good({ boot: "b" })]).risen).toBe(1001);
	});

	it("loses the fault many_processes once the new process alone has answered ten probes", () => {
		const overlap = probed([good({ boot: "a" }), good({ boot: "b" }), good({ boot: "a" })]);
		expect(overlap.fault).toBe("many_processes");
		expect(
			probed(
				Array.from({ length: 10 }, () => good({ boot: "a" })),
				overlap,
			).fault,
		).toBe("");
	});
});

describe("an operator's weight", () => {
	const weigh = (weight: number | null | undefined, from: NodeRecord, configured = node.weight) =>
		afterChange(from, { adminState: undefined, weight }, { ...node, weight: configured }, 5000);
	const weighed = weigh(20, NEW_NODE_RECORD);

	it.each<[string, NodeRecord, number | null]>([
		["holds while the configured weight is the same", underConfiguration(weighed, node), 20],
		[
			"holds through a change of the state",
			afterChange(weighed, { adminState: "drain", weight: undefined }, node, 1),
			20,
		],
		["is replaced by another one", weigh(30, weighed), 30],
		["may be 0", weigh(0, weighed), 0],
		["is cleared by null", weigh(null, weighed), null],
		["ends when the configured weight changes", underConfiguration(weighed, { ...node, weight: 50 }), null],
		[
			"does not return when the configured weight is what it was",
			underConfiguration(underConfiguration(weighed, { ...node, weight: 50 }), node),
			null,
		],
		[
			"set after a change of the configuration holds under that one",
			underConfiguration(weigh(20, NEW_NODE_RECORD, 50), { ...node, weight: 50 }),
			20,
		],
		[
			"stored by an earlier version holds until the configured weight changes",
			underConfiguration({ ...weighed, replacedWeight: null }, node),
			20,
		],
		[
			"stored by an earlier version ends when the configured weight changes",
			underConfiguration(underConfiguration({ ...weighed, replacedWeight: null }, node), {
				...node,
				weight: 50,
			}),
			null,
		],
	])("%s", (_what, record, weight) => {
		expect(record.weight).toBe(weight);
	});

	it("is the reason of the record, as is clearing it, when nothing else has happened yet", () => {
		expect(weighed.reason).toBe("operator: weight 20");
		expect(weigh(null, weighed).reason).toBe("operator: configured weight");
	});
});

describe("a node has followed the contract", () => {
	const other = { ...node, url: "http://127.0.0.1:9999" };
	it.each<[string, boolean, NodeRecord, typeof node]>([
		["not before its first report", false, probed([bad, probeResult(200, 200, null, 1)]), node],
		["after one report, whatever it answers later", true, probed([good(), bad, bad, bad]), node],
		["even if its first report says that it drains", true, probed([good({ state: "draining" })]), node],
		["not yet at a new address", false, probed([good()]), other],
	])("%s", (_what, expected, record, at) => {
		expect(hasSpokenContract(record, at)).toBe(expected);
	});
});
