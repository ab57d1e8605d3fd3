import { expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import { mergeResults } from "../../../loadtest/record/merge.ts";
import { RESULT_KIND, RESULT_VERSION, type Result, resultShape } from "../../../loadtest/record/result.ts";
import { Tally } from "../../../loadtest/record/tally.ts";
import { validated } from "../../support/validated.ts";

/** A result whose acks took `times`, each in its second. */
function resultOf(
	id: string,
	times: readonly (readonly [second: number, us: number])[],
	options: PlanOptions = {},
): Result {
	const tally = new Tally();
	for (const [second, us] of times) tally.record("ack", second, us);
	Object.assign(tally.counts, {
		sessionsTried: 1,
		sessionsOpen: 1,
		due: times.length,
		sent: times.length,
		received: times.length,
	});
	const group = tally.toGroup({ transport: "websocket", path: "target", seconds: 2 });
	return validated(resultShape, {
		kind: RESULT_KIND,
		version: RESULT_VERSION,
		id,
		startedAt: "2026-11-23T09:00:00.000Z",
		series: { id, index: 1, of: 1 },
		environment: {
			tool: "test",
			versions: {},
			os: "",
			cpu: "",
			cpus: 1,
			memoryBytes: 1,
			loopback: true,
			clock: "",
		},
		plan: recordOf(planFrom({ url: "http://localhost", clients: 3, rate: 10, duration: 2, ...options })),
		groups: [group],
		generator: [],
		validity: { valid: true, flags: [] },
		interrupted: false,
	});
}

const left = [
	[0, 100],
	[0, 900],
	[1, 5000],
] as const;
const right = [
	[1, 70],
	[2, 1_000_000],
] as const;

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

test("a single file is refused", () => {
	expect(() => mergeResults([{ name: "a.json", result: resultOf("a", left) }])).toThrow("at least two");
});
