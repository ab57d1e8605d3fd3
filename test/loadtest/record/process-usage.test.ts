import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readPs, readStat, usageOf } from "../../../loadtest/record/process-usage.ts";

describe("CPU and memory of a process", () => {
	test("are read from a line of /proc/PID/stat, for any process name", () => {
		const rest = "S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 100 1 1";
		expect(readStat(`42 (k6) ${rest}`)).toBe(3);
		expect(readStat(`42 (a) b) c) ${rest}`)).toBe(3);
	});

	test.each([
		["macOS, just started", "  0:00.03   2384\n", 0.03, 2384],
		["macOS, hours of CPU in minutes", "754:21.68  51200\n", 45_261.68, 51_200],
		["macOS, with a decimal comma", "  1:02,50  91456\n", 62.5, 91_456],
		["Linux", "00:00:07 48212\n", 7, 48_212],
		["Linux, more than a day of CPU", "2-03:04:05 1048576\n", 183_845, 1_048_576],
	])("are read from a line of ps: %s", (_, line, cpuSeconds, kib) => {
		expect(readPs(line)).toEqual({ cpuSeconds, residentBytes: kib * 1024 });
	});

	test.each(["", "\n", "00:00:00     0\n", "TIME RSS\n"])("%j is no living process", (line) => {
		expect(readPs(line)).toBeNull();
	});

	test.runIf(process.platform === "linux")("by ps are those of /proc", async () => {
		const line = execFileSync("ps", ["-o", "time=,rss=", "-p", String(process.pid)], { encoding: "utf8" });
		const byPs = readPs(line)!;
		const byProc = (await usageOf(process.pid))!;
		expect(Math.abs(byPs.cpuSeconds - byProc.cpuSeconds)).toBeLessThan(2);
		expect(byPs.residentBytes / byProc.residentBytes).toBeGreaterThan(0.7);
		expect(byPs.residentBytes / byProc.residentBytes).toBeLessThan(1.4);
	});

	test("are null for a process that does not exist", async () => {
		expect(await usageOf(0x7fffffff)).toBeNull();
	});
});
