import { describe, expect, it } from "vitest";
import { exitCodeOf, readLog } from "../../../../loadtest/k6/runner/process.ts";

describe("the exit code", () => {
	it.each([
		[0, false, true, 0],
		[0, false, false, 3],
		[99, false, true, 1],
		[99, false, false, 1],
		[104, false, false, 2],
		[107, false, false, 3],
		[105, false, false, 3],
		[null, false, false, 3],
		[105, true, true, 130],
		[0, true, true, 130],
	])("for k6's %j, interrupted %j, valid %j is %i", (code, interrupted, valid, expected) => {
		expect(exitCodeOf(code, interrupted, valid)).toBe(expected);
	});
});

describe("k6's log", () => {
	it.each([
		['{"level":"error","msg":"thresholds on\\nx crossed"}', "thresholds on x crossed"],
		['{"level":"warning","msg":"Request Failed","error":"dial: refused"}', "Request Failed: dial: refused"],
		['{"level":"info","msg":"hello","source":"console"}', null],
		['{"level":"warning","msg":"setTimeout 3 was stopped because …"}', null],
		["panic: not JSON", "panic: not JSON"],
		["", null],
	])("line %j is relayed as %j", (line, relayed) => {
		expect(readLog(line)).toBe(relayed);
	});
});
