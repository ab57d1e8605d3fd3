import { expect, test } from "vitest";
import { kneeOf } from "../../../loadtest/record/knee.ts";
import { Tally } from "../../../loadtest/record/tally.ts";

/** A load group whose sessions took so long to open, by second of measurement. */
function groupOf(times: readonly (readonly [second: number, us: number])[]) {
	const tally = new Tally();
	for (const [second, us] of times) tally.record("connect", second, us);
	return tally.toGroup({ transport: "websocket", path: "edge", seconds: times.length });
}

/** The seconds of slots that begin at these seconds, each with an even rise to `connectRate`. */
function secondsOf(starts: readonly number[], slot: number, connectRate: number) {
	return starts.flatMap((start) =>
		Array.from({ length: slot }, (_, i) => ({
			second: start + i,
			due: Math.round((connectRate / (2 * slot)) * (2 * i + 1)),
		})),
	);
}

const rising = (start: number, times: readonly number[]) =>
	times.map((us, i): [number, number] => [start + i, us]);

test("the knee is where opening became slow for good", () => {
	const times = [5000, 5000, 5100, 5000, 20_000, 5000, 20_000, 30_000, 40_000, 50_000];
	const ramp = { connectRate: 400, slot: 10, generator: secondsOf([0], 10, 400), share: 1 };
	expect(kneeOf(groupOf(rising(0, times)), ramp)).toBeCloseTo(240, 9);
});

test.each([
	["two load groups (A B B A), the first", [0, 15], 240],
	["two load groups (A B B A), the second", [5, 10], 240],
])("with %s: the knee is a rate of its slots, not of the whole run", (_, starts, knee) => {
	const times = [5000, 5000, 5000, 20_000, 40_000];
	const group = groupOf(starts.flatMap((start) => rising(start, times)));
	const ramp = { connectRate: 400, slot: 5, generator: secondsOf([0, 5, 10, 15], 5, 400), share: 1 };
	expect(kneeOf(group, ramp)).toBeCloseTo(knee, 9);
});

test("drains between the slots, however long, do not move the knee, and sessions opened in them are at the peak", () => {
	const times = [5000, 5000, 5000, 5000, 5000];
	const group = groupOf([...rising(0, times), [7, 2_000_000], ...rising(9, times), [16, 2_000_000]]);
	const ramp = { connectRate: 400, slot: 5, generator: secondsOf([0, 9], 5, 400), share: 1 };
	expect(kneeOf(group, ramp)).toBeCloseTo(400, 9);
});

test("one of two machines opens half of the sessions, and its knee is the rate of both", () => {
	const times = [5000, 5000, 5000, 20_000, 40_000];
	const generator = secondsOf([0, 6], 5, 200);
	const group = groupOf([...rising(0, times), ...rising(6, times)]);
	expect(kneeOf(group, { connectRate: 400, slot: 5, generator, share: 0.5 })).toBeCloseTo(240, 9);
});

test.each([
	["whose sessions always open in the same time", Array(10).fill(5000), secondsOf([0], 10, 400)],
	["without its generator's seconds", [5000, 50_000], []],
	["in which no session opened", [], secondsOf([0], 10, 400)],
])("a ramp %s reports no knee", (_, times, generator) => {
	expect(kneeOf(groupOf(rising(0, times)), { connectRate: 400, slot: 10, generator, share: 1 })).toBeNull();
});
