import { expect, test } from "vitest";
import { Sequence } from "../../../../loadtest/clients/activities/sequence.ts";
import { noCounts } from "../../../../loadtest/record/tally.ts";

test.each([
	["nothing", [], { due: 0, lost: 0, doubled: 0, reordered: 0 }],
	["numbers without a gap", [7, 8, 9], { due: 3, lost: 0, doubled: 0, reordered: 0 }],
	["a gap", [7, 9, 12], { due: 6, lost: 3, doubled: 0, reordered: 0 }],
	["a late number", [1, 3, 2, 4], { due: 4, lost: 0, doubled: 0, reordered: 1 }],
	["a number twice", [1, 2, 2, 1, 3], { due: 3, lost: 0, doubled: 2, reordered: 0 }],
	["a late number twice", [1, 3, 2, 2], { due: 3, lost: 0, doubled: 1, reordered: 1 }],
])("%s is counted", (_, numbers, expected) => {
	const sequence = new Sequence();
	const isNew = numbers.map((number) => sequence.take(number));
	const counts = noCounts();
	sequence.count(counts);
	expect(counts).toMatchObject(expected);
	expect(counts.sent).toBe(expected.due);
	expect(isNew.filter((one) => one)).toHaveLength(expected.due - expected.lost);
});

test("after a reconnection a lower number begins a new count, and a higher one continues", () => {
	const sequence = new Sequence();
	for (const number of [5, 6, 7]) sequence.take(number);
	sequence.reconnected();
	for (const number of [1, 2, 4]) sequence.take(number);
	sequence.reconnected();
	sequence.take(6);
	const counts = noCounts();
	sequence.count(counts);
	expect(counts).toMatchObject({ due: 3 + 6, lost: 2, doubled: 0, reordered: 0 });
});

test("numbers that are far apart are counted at once", () => {
	const sequence = new Sequence();
	for (const number of [1, 1_700_000_000_000, 1_700_000_000_001]) sequence.take(number);
	const counts = noCounts();
	sequence.count(counts);
	expect(counts).toMatchObject({ due: 1_700_000_000_001, lost: 1_700_000_000_001 - 3 });
});
