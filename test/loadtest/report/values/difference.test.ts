import { expect, test } from "vitest";
import type { Group } from "../../../../loadtest/record/result.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";
import { isShown } from "../../../../loadtest/report/values/difference.ts";
import { drawResult } from "../../../support/report/results.ts";

/** A group whose seconds hold `count` acks of about the given milliseconds each. */
function groupOf(seconds: number[], count = 100): Group {
	const tally = new Tally();
	seconds.forEach((median, second) => {
		for (let at = 0; at < count; at++)
			tally.record("ack", second, median * 1000 * (0.95 + (0.1 * at) / count));
	});
	return tally.toGroup({ transport: "websocket", path: "edge", seconds: seconds.length });
}

test("a difference is shown when every second of one group is slower than every second of the other", () => {
	expect(isShown(groupOf([1, 1.1, 1, 1.1]), groupOf([2, 2.1, 2, 2.1]), "p50")).toBe(true);
	expect(isShown(groupOf([2, 2.1, 2, 2.1]), groupOf([1, 1.1, 1, 1.1]), "p50")).toBe(true);
});

test("a difference below 10 % is not shown, however steady: the next run may differ as much", () => {
	expect(isShown(groupOf(Array(20).fill(1)), groupOf(Array(20).fill(1.08)), "p50")).toBe(false);
	expect(isShown(groupOf(Array(20).fill(1)), groupOf(Array(20).fill(1.12)), "p50")).toBe(true);
});

test("one slow second does not hide a difference, and does not make one", () => {
	expect(isShown(groupOf([1, 1.1, 1, 1.1]), groupOf([2, 2.1, 2, 40]), "p50")).toBe(true);
	expect(isShown(groupOf([1, 1.1, 1, 1.1]), groupOf([1, 1.1, 1, 40]), "p50")).toBe(false);
});

test("in a long run a few slow seconds of the faster group do not hide a difference", () => {
	const fast = [9, ...Array(20).fill(1), 9];
	expect(isShown(groupOf(fast), groupOf(Array(22).fill(2)), "p50")).toBe(true);
});

test("fewer than four seconds show nothing, however far apart", () => {
	expect(isShown(groupOf([1, 1, 1]), groupOf([9, 9, 9]), "p50")).toBe(false);
});

test("a high quantile is compared over blocks of seconds with enough samples for it", () => {
	const [fast, slow] = [Array(8).fill(1), Array(8).fill(3)];
	expect(isShown(groupOf(fast), groupOf(slow), "p99")).toBe(false);
	expect(isShown(groupOf(fast, 400), groupOf(slow, 400), "p99")).toBe(true);
});

test("two equal groups of four seconds each seldom show a difference", () => {
	const median = () => 900;
	const shown = Array.from({ length: 100 }, (_, seed) => {
		const { groups } = drawResult({
			seed: seed + 1,
			transports: ["websocket"],
			rate: 150,
			seconds: 4,
			median,
		});
		return isShown(groups[0]!, groups[1]!, "p50");
	});
	expect(shown.filter(Boolean).length).toBeLessThanOrEqual(5);
});

test("a metric that was not measured shows no difference", () => {
	expect(isShown(groupOf([1, 1, 1, 1]), groupOf([9, 9, 9, 9]), "p50", "connect")).toBe(false);
});
