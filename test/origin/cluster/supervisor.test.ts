import { expect, test } from "vitest";
import { CRASH_WINDOW, restartDelay } from "../../../origin/cluster/supervise.ts";

test("each crash within the window doubles the wait, and the sixth gives the node up", () => {
	const crashes: number[] = [];
	const delays = Array.from({ length: 6 }, (_, index) => {
		crashes.push(1_000_000 + index * 5_000);
		return restartDelay(crashes);
	});
	expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, null]);
});

test("crashes of long ago are forgotten", () => {
	const now = 1_000_000;
	expect(restartDelay([1, 2, 3, 4, 5, 6, now - CRASH_WINDOW, now])).toBe(250);
	expect(restartDelay([now - CRASH_WINDOW + 1, now])).toBe(500);
});
