import { describe, expect, test } from "vitest";
import { belongsTo } from "../../../loadtest/clients/activities/activity.ts";
import { ownClients, ownNumber, placeOf, testNumber } from "../../../loadtest/plan/machine.ts";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { type DueMessage, shareOf } from "../../../loadtest/plan/schedule.ts";
import { instant, machine } from "../../../loadtest/plan/values.ts";
import { UsageError } from "../../../worker/command-line/command.ts";

const plansOf = (of: number, options: PlanOptions) =>
	Array.from({ length: of }, (_, i) =>
		planFrom({ url: "http://localhost", machine: { number: i + 1, of }, ...options }),
	);

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe.each<[clients: number, machines: number, processes: number, scenario: string]>([
	[10, 3, 1, "echo"],
	[10, 3, 2, "echo"],
	[7, 7, 1, "echo"],
	[31, 4, 3, "echo"],
	[30, 4, 3, "fanout"],
	[11, 3, 2, "fanout"],
])("%i clients on %i machines with %i processes each (%s)", (clients, machines, processes, scenario) => {
	const plans = plansOf(machines, { clients, processes, scenario, rate: 100 });

	test("each client belongs to one worker of one machine", () => {
		const owners = plans.flatMap((plan) =>
			numbers(processes).flatMap((worker) => numbers(clients).filter((n) => belongsTo(worker, n, plan))),
		);
		expect(owners.sort((a, b) => a - b)).toEqual(numbers(clients));
	});

	test("each machine's count is that of its clients, and the counts add up", () => {
		for (const plan of plans) {
			const own = numbers(clients).filter((n) =>
				numbers(processes).some((worker) => belongsTo(worker, n, plan)),
			);
			expect(ownClients(plan)).toBe(own.length);
			expect(own.map((n) => ownNumber(plan.machine, n))).toEqual(numbers(own.length));
			expect(numbers(own.length).map((n) => testNumber(plan.machine, n))).toEqual(own);
		}
		expect(plans.reduce((sum, plan) => sum + ownClients(plan), 0)).toBe(clients);
	});
});

test("all machines together send exactly the schedule of one, whatever their numbers of processes", () => {
	const options = { arrivals: "poisson", rate: 100, grain: 0, seed: 5 } as const;
	const whole = until(5e6, shareOf(options, 10, 0, 1));
	const shares = plansOf(3, { clients: 10 }).flatMap((plan, i) => {
		const processes = [1, 2, 3][i]!;
		return numbers(processes).flatMap((worker) => {
			const place = placeOf({ ...plan, processes }, worker);
			return until(5e6, shareOf(options, 10, place.index, place.of));
		});
	});
	expect(whole.length).toBeGreaterThan(400);
	expect(shares.sort((a, b) => a.at - b.at)).toEqual(whole);
});

function until(end: number, from: Iterator<DueMessage>): DueMessage[] {
	const some: DueMessage[] = [];
	for (let due = from.next().value as DueMessage; due.at < end; due = from.next().value as DueMessage)
		some.push(due);
	return some;
}

test.each(["0/3", "4/3", "1/0", "1", "a/b", "1/1001", "-1/2", "1.5/2"])("--machine %s is refused", (text) => {
	expect(() => machine.read(text, undefined)).toThrow("Write K/M, machine K of M");
});

test("--machine is read", () => {
	expect(machine.read("2/3", undefined)).toEqual({ number: 2, of: 3 });
});

test.each<[PlanOptions, string]>([
	[
		{ machine: { number: 2, of: 20 }, clients: 10 },
		"--machine 2/20: 20 machines share 10 --clients; give fewer machines, or at least 20 --clients.",
	],
	[
		{ machine: { number: 1, of: 4 }, clients: 11, scenario: "fanout" },
		"--machine 1/4: 4 machines share 11 --clients; fanout needs 3 on each machine; give fewer machines, or at least 12 --clients.",
	],
	[{ machine: { number: 4, of: 3 } }, "--machine: write K/M"],
])("%j is refused", (options, message) => {
	const plan = () => planFrom({ url: "http://localhost", ...options });
	expect(plan).toThrow(message);
	expect(plan).toThrow(UsageError);
});

test.each([
	["2026-11-27T12:00:00Z", 1_795_780_800],
	["2026-11-27T13:00:00+01:00", 1_795_780_800],
	["2026-11-27T12:00:00.250Z", 1_795_780_800.25],
	["1795780800.5", 1_795_780_800.5],
])("--start-at %s is that instant", (text, seconds) => {
	expect(instant.read(text, undefined)).toBe(seconds);
});

test.each(["2026-11-27T12:00:00", "12:00", "soon", "", "0", "-5", "2026-13-45T12:00:00Z"])(
	"--start-at %j is refused",
	(text) => {
		expect(() => instant.read(text, undefined)).toThrow("Give a time with its zone");
	},
);
