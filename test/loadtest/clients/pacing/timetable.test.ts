import { expect, test } from "vitest";
import { Timetable } from "../../../../loadtest/clients/pacing/timetable.ts";

const item = (at: number, name = `${at}`) => ({ at, name });

/** Takes everything that is left. */
function drain(timetable: Timetable<{ at: number; name: string }>): string[] {
	const names: string[] = [];
	for (let next = timetable.peek(); next !== null; next = timetable.peek()) {
		names.push(next.name);
		timetable.take();
	}
	return names;
}

test("added items take their places among the scheduled ones, and after those of the same time", () => {
	const timetable = new Timetable([item(1), item(5), item(9)].values());
	for (const added of [item(7), item(2), item(5, "added"), item(7, "second"), item(12)]) timetable.add(added);
	expect(drain(timetable)).toEqual(["1", "2", "5", "added", "7", "second", "9", "12"]);
	expect(timetable.isOver).toBe(true);
});

test("it is not over while an item is expected", () => {
	const timetable = new Timetable([].values() as Iterator<{ at: number; name: string }>);
	const changes: boolean[] = [];
	timetable.listen(() => changes.push(timetable.isOver));
	const withdraw = timetable.expect();
	expect(timetable.isOver).toBe(false);
	timetable.add(item(3));
	withdraw();
	expect(drain(timetable)).toEqual(["3"]);
	expect(timetable.isOver).toBe(true);
	expect(changes).toEqual([false, false]);
});
