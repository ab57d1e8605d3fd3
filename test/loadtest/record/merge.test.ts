import { expect, test } from "vitest";
import { cpuName, figuresOf } from "../../../loadtest/record/figures.ts";
import { mergeResults } from "../../../loadtest/record/merge.ts";
import { type Figure, type Result, resultShape } from "../../../loadtest/record/result.ts";
import { Tally } from "../../../loadtest/record/tally.ts";
import { left, resultOf, right } from "../../support/swarm/merge-inputs.ts";
import { validated } from "../../support/validated.ts";

test("a merged result is what one machine would have recorded", () => {
	const merged = mergeResults([
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: resultOf("b", right) },
	]);
	const whole = resultOf("whole", [...left, ...right]);
	expect(merged.groups[0]?.metrics).toEqual(whole.groups[0]?.metrics);
	expect(merged.groups[0]?.counts.received).toBe(5);
	expect(merged.plan).toMatchObject({ clients: 6, rate: 20, extra: { merged: ["a", "b"] } });
	expect(() => validated(resultShape, merged)).not.toThrow();
});

test("a run invalid on one machine makes the merged run invalid", () => {
	const broken = { ...resultOf("b", right), validity: { valid: false, flags: [] } };
	const merged = mergeResults([
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: broken },
	]);
	expect(merged.validity.valid).toBe(false);
});

test("why a run was invalid on one machine, and what no figure shows, stays in the merged run", () => {
	const gone = { code: "process_gone", severity: "warning", message: "edge ended", advice: "" } as const;
	const broken = {
		code: "nothing_connected",
		severity: "invalid",
		message: "none of 5",
		advice: "",
	} as const;
	const stale = { code: "messages_lost", severity: "warning", message: "1 of 2", advice: "" } as const;
	const flagged = { ...resultOf("b", right), validity: { valid: false, flags: [gone, broken] } };
	const { validity } = mergeResults([
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: flagged },
	]);
	expect(validity.valid).toBe(false);
	expect(validity.flags.map(({ code, message }) => [code, message])).toEqual(
		expect.arrayContaining([
			["process_gone", "b.json: edge ended"],
			["nothing_connected", "b.json: none of 5"],
		]),
	);
	const lossy = resultOf("b", right);
	lossy.groups[0]!.counts.lost = 1;
	const merged = mergeResults([
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: { ...lossy, validity: { valid: true, flags: [stale] } } },
	]);
	expect(
		merged.validity.flags.filter(({ code }) => code === "messages_lost").map(({ message }) => message),
	).toEqual(["websocket target: 1 of 5 messages were never acknowledged"]);
});

const group = { transport: "websocket", path: "target" } as const;

function withOutcomes(result: Result, outcomes: Figure[]) {
	return { name: `${result.id}.json`, result: { ...result, outcomes } };
}

test("outcomes are added up, or the largest is kept, or computed again, whatever the first file has", () => {
	const inputs = [
		withOutcomes(resultOf("a", left), [
			{ ...group, name: "sessions_cut", value: 4, unit: "sessions", combine: "sum" },
			{ ...group, name: cpuName("edge"), value: 30, unit: "CPU ms", combine: "max" },
			{ ...group, name: "cpu_per_1000_messages edge", value: 10_000, unit: "CPU ms", combine: "derived" },
			{ name: "memory_most edge", value: 7, unit: "bytes", combine: "max" },
		]),
		withOutcomes(resultOf("b", right), [
			{ ...group, name: "sessions_cut", value: 5, unit: "sessions", combine: "sum" },
			{ ...group, name: cpuName("edge"), value: 29, unit: "CPU ms", combine: "max" },
			{ ...group, name: "only_here", value: 2, unit: "", combine: "max" },
			{ name: "memory_most edge", value: 9, unit: "bytes", combine: "max" },
		]),
	];
	expect(mergeResults(inputs).outcomes).toEqual([
		{ ...group, name: "sessions_cut", value: 9, unit: "sessions", combine: "sum" },
		{ ...group, name: cpuName("edge"), value: 30, unit: "CPU ms", combine: "max" },
		{ name: "memory_most edge", value: 9, unit: "bytes", combine: "max" },
		{ ...group, name: "only_here", value: 2, unit: "", combine: "max" },
		{ ...group, name: "cpu_per_1000_messages edge", value: 6000, unit: "CPU ms", combine: "derived" },
	]);
});

test("outcomes of older files combine by their names", () => {
	const older = (id: string, held: number) =>
		withOutcomes(resultOf(id, left), [
			{ ...group, name: "sessions_held", value: held, unit: "sessions" },
			{ name: "memory_most n1", value: held, unit: "bytes" },
			{ ...group, name: "p50_slope", value: held, unit: "us/h" },
		]);
	const { outcomes } = mergeResults([older("a", 20), older("b", 19)]);
	expect(outcomes!.map(({ name, value }) => [name, value])).toEqual([
		["sessions_held", 39],
		["memory_most n1", 20],
	]);
});

test("a user's own scenario that cuts sessions merges valid, and its recovery is that of all sessions", () => {
	const own = { name: "mine", about: "", activity: "storm", settings: { reconnection: true } } as const;
	const storm = (id: string, times: readonly number[]) => {
		const result = resultOf(id, [], { scenario: own });
		const tally = new Tally();
		for (const us of times) tally.record("recover", 1, us);
		Object.assign(tally.counts, { sessionsTried: 3, sessionsOpen: 3, sessionsLost: 3 });
		const groups = [tally.toGroup({ ...group, seconds: 2 })];
		const outcomes = figuresOf(groups, {
			activity: "storm",
			connectRate: 1,
			slot: 1,
			generator: [],
			share: 1,
		});
		const generator = [0, 1].map((second) => ({ ...calm, second }));
		return { name: `${id}.json`, result: { ...result, groups, outcomes, generator } };
	};
	const merged = mergeResults([storm("a", [100, 110, 120]), storm("b", [900, 910, 920])]);
	expect(merged.validity).toEqual({ valid: true, flags: [] });
	const values = Object.fromEntries(merged.outcomes!.map(({ name, value }) => [name, value]));
	expect(values["recovered_50"]).toBeCloseTo(120, 0);
	expect(values["recovered_100"]).toBe(920);
});

const calm = { elu: 0.2, loopDelayP99: 0, gcPause: 0, due: 0, sent: 0, late: 0, tainted: false };

test("the knee of two machines' ramps is at the rate of both together", () => {
	const ramp = (id: string) => {
		const result = resultOf(id, [], {
			scenario: "ramp",
			connectRate: 200,
			duration: 10,
			transports: ["websocket"],
		});
		const tally = new Tally();
		for (const [second, us] of [5000, 5000, 5100, 5000, 5000, 5000, 20_000, 30_000, 40_000, 50_000].entries())
			tally.record("connect", second, us);
		// A tenth of the peak more each second: 10 sessions in the first one, 30 in the second …
		const generator = Array.from({ length: 10 }, (_, second) => ({
			...calm,
			second,
			due: 10 * (2 * second + 1),
		}));
		const groups = [tally.toGroup({ ...group, seconds: 10 })];
		return { name: `${id}.json`, result: { ...result, groups, generator } };
	};
	const { outcomes } = mergeResults([ramp("a"), ramp("b")]);
	expect(outcomes).toEqual([{ ...group, name: "knee", value: 240, unit: "sessions/s", combine: "derived" }]);
});

test("a test of machines is merged only whole, each machine once", () => {
	const of = (id: string, number: number, machines: number) => ({
		name: `${id}.json`,
		result: resultOf(id, left, { machine: { number, of: machines } }),
	});
	expect(mergeResults([of("a", 1, 2), of("b", 2, 2)]).plan).toMatchObject({ clients: 3, rate: 10 });
	expect(() => mergeResults([of("a", 1, 3), of("b", 3, 3)])).toThrow(
		"the result of the test's machine 2 is missing beside a.json, b.json; give one file from each machine.",
	);
	expect(() => mergeResults([of("a", 1, 3), of("b", 2, 3), of("c", 2, 3)])).toThrow(
		"c.json: plan.machine is 2/3, in b.json it is 2/3; merge one run from each machine of one test.",
	);
});

test("a threshold that one machine's run crossed is crossed in the merged run", () => {
	const crossed = (id: string, crossedThresholds: string[]) => ({ ...resultOf(id, left), crossedThresholds });
	const inputs = [
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: crossed("b", ["sio_ack p(95)<5"]) },
		{ name: "c.json", result: crossed("c", ["sio_ack p(95)<5", "sio_loop_lag p(95)<2"]) },
	];
	expect(mergeResults(inputs).crossedThresholds).toEqual(["sio_ack p(95)<5", "sio_loop_lag p(95)<2"]);
	expect(mergeResults([inputs[0]!, { name: "d.json", result: resultOf("d", right) }])).not.toHaveProperty(
		"crossedThresholds",
	);
});

test("the same run given twice is refused, naming both files", () => {
	const one = { name: "a.json", result: resultOf("a", left) };
	expect(() => mergeResults([one, { ...one, name: "copy.json" }])).toThrow(
		"copy.json is the same run as a.json",
	);
});

test("runs of different plans are refused, naming the field and both values", () => {
	const inputs = [
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: resultOf("b", right, { payload: 200 }) },
	];
	expect(() => mergeResults(inputs)).toThrow("b.json: plan.payload is 200, in a.json it is 100");
});

test("runs with and without the plain client are refused", () => {
	const inputs = [
		{ name: "a.json", result: resultOf("a", left) },
		{ name: "b.json", result: resultOf("b", right, { plainClient: true }) },
	];
	expect(() => mergeResults(inputs)).toThrow("b.json: plan.plainClient is true, in a.json it is false");
});

test("runs of different messages are refused by length and hash, and no message is repeated", () => {
	const merge = () =>
		mergeResults([
			{ name: "a.json", result: resultOf("a", left, { message: '"hush"' }) },
			{ name: "b.json", result: resultOf("b", right, { message: '"hush, please"' }) },
		]);
	expect(merge).toThrow(/b\.json: plan\.message is a text of 14 bytes .* a\.json it is a text of 6 bytes/);
	expect(merge).not.toThrow(/hush/);
});

test("a single file is refused", () => {
	expect(() => mergeResults([{ name: "a.json", result: resultOf("a", left) }])).toThrow("at least two");
});

test("texts of errors are united up to five, and what was left out is said once", () => {
	const flag = {
		code: "transport_left_out",
		severity: "info",
		message: "polling was left out",
		advice: "",
	} as const;
	const withTexts = (id: string, kick: string[]): Result => {
		const result = resultOf(id, left);
		const groups = result.groups.map((group) => ({
			...group,
			errors: { kick: kick.length },
			samples: { kick },
		}));
		return { ...result, groups, validity: { valid: true, flags: [flag] } };
	};
	const merged = mergeResults([
		{ name: "a.json", result: withTexts("a", ["1", "2", "3"]) },
		{ name: "b.json", result: withTexts("b", ["3", "4", "5", "6"]) },
	]);
	expect(merged.groups[0]).toMatchObject({
		errors: { kick: 7 },
		samples: { kick: ["1", "2", "3", "4", "5"] },
	});
	expect(merged.validity.flags.filter(({ code }) => code === flag.code)).toEqual([flag]);
});
