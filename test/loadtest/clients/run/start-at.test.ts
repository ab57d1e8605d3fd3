import { expect, test } from "vitest";
import { checkStartAt, gapOf, leadTime, slotOffset } from "../../../../loadtest/clients/run/start-at.ts";
import { type PlanOptions, planFrom } from "../../../../loadtest/plan/plan.ts";
import { UsageError } from "../../../../worker/command-line/command.ts";

const planOf = (options: PlanOptions) =>
	planFrom({
		url: "http://localhost",
		transports: ["websocket"],
		ackTimeout: 3,
		connectTimeout: 8,
		...options,
	});

test.each<[PlanOptions, number]>([
	[{}, 3.5],
	[{ scenario: "fanout" }, 3.5],
	[{ scenario: "ramp" }, 8.5],
	[{ scenario: "storm" }, 0.5],
	[{ scenario: "idle" }, 0.5],
	[{ probe: "connect" }, 0.5],
])("after a slot of %j there are %s s for its drain", (options, seconds) => {
	expect(gapOf(planOf(options))).toBe(seconds);
});

test("slots are as far apart as slot, drain and warm-up take together", () => {
	const plan = planOf({ transports: ["polling", "websocket"], duration: 8, warmup: 0.5 });
	expect([0, 1, 3].map((number) => slotOffset(plan, number))).toEqual([0, 6, 18]);
});

test("phases are measured and the sessions of all machines opened before measurement; a ramp opens none before", () => {
	const load = { clients: 100, connectRate: 20, warmup: 2, phaseSessions: 0 };
	expect(leadTime(planOf(load))).toBe(12);
	expect(leadTime(planOf({ ...load, phaseSessions: 20 }))).toBe(14);
	expect(leadTime(planOf({ ...load, machine: { number: 1, of: 4 } }))).toBe(12);
	expect(leadTime(planOf({ ...load, scenario: "ramp" }))).toBe(7);
});

test("a start that is too soon is refused, saying how much is needed", () => {
	const startAt = 1_795_780_800;
	const plan = planOf({ clients: 100, connectRate: 20, warmup: 2, phaseSessions: 0, startAt });
	const at = (now: number) => () => checkStartAt(plan, now);
	expect(at(startAt - 12)).not.toThrow();
	expect(at(startAt - 11)).toThrow(UsageError);
	expect(at(startAt - 11)).toThrow(
		"--start-at 2026-11-27T12:00:00.000Z is in 11 s: opening the sessions takes 12 s (--clients, --connect-rate); give a time at least 12 s ahead.",
	);
	expect(at(startAt + 3600)).toThrow("was 3600 s ago");
	expect(() => checkStartAt({ ...plan, startAt: 0 }, startAt)).not.toThrow();
});

test("a start that is more than a day ahead is refused: timers would end, and sessions wait until then", () => {
	const startAt = 1_795_780_800;
	const check = (now: number) => () => checkStartAt({ ...planOf({}), startAt }, now);
	expect(check(startAt - 24 * 3600)).not.toThrow();
	expect(check(startAt - 25 * 24 * 3600)).toThrow(/more than 24 hours ahead/);
});
