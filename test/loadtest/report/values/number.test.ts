import { expect, test } from "vitest";
import {
	showAddedMs,
	showBytes,
	showCount,
	showDollars,
	showMs,
	showShare,
} from "../../../../loadtest/report/values/number.ts";

test("milliseconds show three significant digits, and n/a for a missing figure", () => {
	const shown = [0.306, 4.071, 9.994, 9.996, 18.24, 99.96, 1240.4, null].map(showMs);
	expect(shown).toEqual(["0.31", "4.07", "9.99", "10.0", "18.2", "100", "1,240", "n/a"]);
});

test("a difference has a sign, and zero has ±", () => {
	expect([0.31, -4.07, 0.004, -0.004, 1240, null].map(showAddedMs)).toEqual([
		"+0.31",
		"−4.07",
		"±0.00",
		"±0.00",
		"+1,240",
		"n/a",
	]);
});

test("a share above zero is never shown as zero", () => {
	expect([0, 0.00001, 0.0012, 0.034, 0.5].map(showShare)).toEqual([
		"0 %",
		"<0.01 %",
		"0.12 %",
		"3.4 %",
		"50 %",
	]);
});

test("bytes, counts and dollars have separators and units", () => {
	expect([812, 4100, 999_600, 12_000_000].map(showBytes)).toEqual(["812 B", "4.1 kB", "1.0 MB", "12 MB"]);
	expect(showCount(12_400)).toBe("12,400");
	expect([0, 0.004, 0.46, 66].map(showDollars)).toEqual(["$0.00", "<$0.01", "$0.46", "$66.00"]);
});
