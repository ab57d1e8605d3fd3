import { expect, test } from "vitest";
import { CRASH_WINDOW_MS, restartDelayMs } from "../../../origin/cluster/supervisor.ts";

test("the restart delay doubles with each crash within the window, and the sixth crash ends the restarts", () => {
	const crashes: number[] = [];
	const delays = Array.from({ length: 6 }, (_, index) => {
		crashes.push(1_000_000 + index * 5_000);
		return restartDelayMs(crashes);
	});
	expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, null]);
});

test("crashes before the window do not count", () => {
	const now = 1_000_000;
	expect(restartDelayMs([1, 2, 3, 4, 5, 6, now - CRASH_WINDOW_MS, now])).toBe(250);
	expect(restartDelayMs([now - CRASH_WINDOW_MS + 1, now])).toBe(500);
});
