import { describe, expect, it } from "vitest";
import { readStat, shareBetween, watchCpu } from "../../../../loadtest/k6/runner/cpu.ts";

describe("the CPU time of k6", () => {
	it("is user plus system time, for any process name", () => {
		const rest = "S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 100 1 1";
		expect(readStat(`42 (k6) ${rest}`)).toBe(3);
		expect(readStat(`42 (a) b) c) ${rest}`)).toBe(3);
	});

	it("is interpolated for seconds between the readings", () => {
		const readings = [
			{ at: 1000, used: 0 },
			{ at: 2000, used: 1 },
			{ at: 3000, used: 3 },
		];
		expect(shareBetween(readings, 1000, 2000, 2)).toBe(0.5);
		expect(shareBetween(readings, 1500, 2500, 2)).toBe(0.75);
		expect(shareBetween(readings, 3000, 4000, 2)).toBe(0);
		expect(shareBetween([], 0, 1000, 2)).toBe(0);
	});

	it.runIf(process.platform === "linux")("is read for a live process", () => {
		const [reading] = watchCpu(process.pid).stop();
		expect(reading?.used).toBeGreaterThan(0);
	});
});
