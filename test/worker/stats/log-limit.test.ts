import { describe, expect, it } from "vitest";
import {
	countLine,
	type LogLimits,
	MAX_LINES_OF_CLIENT,
	MAX_LINES_OF_KIND,
	newLogLimits,
	nextPeriod,
	PERIOD_MS,
} from "../../../worker/stats/log-limit.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

/** Limits whose period began at noon. */
function limitsAtNoon(): LogLimits {
	const limits = newLogLimits();
	nextPeriod(limits, NOON);
	return limits;
}

/** How many of `count` lines are written. */
function written(limits: LogLimits, kind: string, client: string | ((i: number) => string), count: number) {
	let lines = 0;
	for (let i = 0; i < count; i++)
		if (countLine(limits, kind, typeof client === "string" ? client : client(i))) lines += 1;
	return lines;
}

describe("within one period", () => {
	it.each<[what: string, count: number, lines: number]>([
		["all lines up to the limit", MAX_LINES_OF_CLIENT, MAX_LINES_OF_CLIENT],
		["no more than the limit", MAX_LINES_OF_CLIENT + 1, MAX_LINES_OF_CLIENT],
		["the same for a flood", 5000, MAX_LINES_OF_CLIENT],
	])("one client gets %s: of %d lines of a kind %d", (_what, count, lines) => {
		expect(written(limitsAtNoon(), "gone", "192.0.2.1", count)).toBe(lines);
	});

	it("a client's flood leaves the lines of other clients as they are", () => {
		const limits = limitsAtNoon();
		written(limits, "denied_eio", "192.0.2.1", 5000);
		expect(written(limits, "denied_eio", "192.0.2.2", 5)).toBe(5);
		written(limits, "denied_eio", "192.0.2.1", 5000);
		expect(written(limits, "denied_eio", "192.0.2.2", 5)).toBe(5);
	});

	it("a client's flood of one kind leaves its lines of other kinds as they are", () => {
		const limits = limitsAtNoon();
		written(limits, "denied_eio", "192.0.2.1", 5000);
		expect(written(limits, "new_session", "192.0.2.1", 3)).toBe(3);
	});

	it("lines of many clients are all written up to the limit of their kind, and no more", () => {
		const limits = limitsAtNoon();
		const client = (i: number) => `192.0.2.${i}`;
		expect(written(limits, "new_session", client, MAX_LINES_OF_KIND)).toBe(MAX_LINES_OF_KIND);
		expect(written(limits, "new_session", (i) => `198.51.100.${i}`, 50)).toBe(0);
		expect(written(limits, "gone", client, 50)).toBe(50);
	});

	it("the memory for clients is bounded, however many there are", () => {
		const limits = limitsAtNoon();
		written(limits, "gone", (i) => `client ${i}`, 100_000);
		expect(limits.kinds.get("gone")!.clients.size).toBe(MAX_LINES_OF_KIND);
		for (let second = 1; second < 20; second++) {
			nextPeriod(limits, NOON + second * PERIOD_MS);
			written(limits, "gone", (i) => `client ${second} ${i}`, 1000);
		}
		expect(limits.kinds.size).toBe(1);
		expect(limits.kinds.get("gone")!.clients.size).toBe(MAX_LINES_OF_KIND);
	});
});

describe("the next period", () => {
	it.each<[what: string, after: number, begins: boolean]>([
		["not before the current one is over", PERIOD_MS - 1, false],
		["once the current one is over", PERIOD_MS, true],
		["after any time", 86_400_000, true],
		["not for a request whose clock is a little behind", -20, false],
		["when the clock was set back", -3_600_000, true],
	])("begins %s (%d ms)", (_what, after, begins) => {
		const limits = limitsAtNoon();
		written(limits, "gone", "192.0.2.1", MAX_LINES_OF_CLIENT);
		nextPeriod(limits, NOON + after);
		expect(countLine(limits, "gone", "192.0.2.1")).toBe(begins);
	});

	it("says what the current one left out, by kind, the largest first, and only once", () => {
		const limits = limitsAtNoon();
		written(limits, "gone", "192.0.2.1", MAX_LINES_OF_CLIENT + 3);
		written(limits, "denied_eio", "192.0.2.1", MAX_LINES_OF_CLIENT + 500);
		written(limits, "new_session", "192.0.2.1", MAX_LINES_OF_CLIENT);
		expect(nextPeriod(limits, NOON + PERIOD_MS - 1)).toBeNull();
		const summary = nextPeriod(limits, NOON + 7000);
		expect(summary).toEqual({
			level: "warn",
			event: "log_limit",
			at: "2026-11-23T12:00:00.000Z",
			left_out: 503,
			kinds: { denied_eio: 500, gone: 3 },
		});
		expect(Object.keys(summary!.kinds)).toEqual(["denied_eio", "gone"]);
		expect(nextPeriod(limits, NOON + 9000)).toBeNull();
	});

	it("says nothing when nothing was left out", () => {
		const limits = limitsAtNoon();
		written(limits, "gone", "192.0.2.1", MAX_LINES_OF_CLIENT);
		expect(nextPeriod(limits, NOON + PERIOD_MS)).toBeNull();
	});

	it("names the largest kinds and adds up the others, so that the line stays short", () => {
		const limits = limitsAtNoon();
		for (let i = 1; i <= 60; i++) written(limits, `denied_${i}`, "192.0.2.1", MAX_LINES_OF_CLIENT + i);
		const summary = nextPeriod(limits, NOON + PERIOD_MS)!;
		const counts = Object.values(summary.kinds);
		expect(summary.left_out).toBe((60 * 61) / 2);
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(summary.left_out);
		expect(Object.entries(summary.kinds)[0]).toEqual(["denied_60", 60]);
		expect(summary.kinds["others"]).toBe((40 * 41) / 2);
		expect(JSON.stringify(summary).length).toBeLessThan(1000);
	});
});
