import { describe, expect, it } from "vitest";
import { crossedIn, isBadConfig, readLog } from "../../../../loadtest/k6/runner/process.ts";

describe("k6's end", () => {
	it.each([
		[0, false],
		[99, false],
		[104, true],
		[null, false],
	])("with code %j is a refusal of its options: %j", (code, expected) => {
		expect(isBadConfig({ code })).toBe(expected);
	});

	it.each([
		["thresholds on metrics 'sio_ack{transport:polling}' have been crossed", ["sio_ack{transport:polling}"]],
		[
			"thresholds on metrics 'sio_ack{transport:polling}, sio_loop_lag{transport:polling}' have been crossed; stopping",
			["sio_ack{transport:polling}", "sio_loop_lag{transport:polling}"],
		],
		["Request Failed: dial: refused", []],
	])("is read from its log: %s", (line, metrics) => {
		expect(crossedIn(line)).toEqual(metrics);
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
