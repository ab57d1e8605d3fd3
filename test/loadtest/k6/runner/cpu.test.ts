import { describe, expect, it } from "vitest";
import { shareBetween, watchCpu } from "../../../../loadtest/k6/runner/cpu.ts";

describe("the CPU time of k6", () => {
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
