import { describe, expect, test } from "vitest";
import {
	differenceOf,
	hasUnknownMessage,
	mergedPlan,
	missingMachines,
} from "../../../loadtest/plan/alike.ts";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { type PlanRecord, planShape, recordOf, storedIn } from "../../../loadtest/plan/stored-plan.ts";
import { validated } from "../../support/validated.ts";

const stored = ({ paths = "target=http://localhost", ...options }: PlanOptions = {}): PlanRecord =>
	validated(planShape, JSON.parse(JSON.stringify(recordOf(planFrom({ paths, ...options })))));

const of = (number: number, machines: number): PlanOptions => ({ machine: { number, of: machines } });

describe("two plans", () => {
	test.each<[PlanOptions, "compare" | "merge", string | undefined]>([
		[{}, "compare", undefined],
		[{ rate: 50 }, "compare", "rate"],
		[{ rate: 50 }, "merge", undefined],
		[{ clients: 5 }, "compare", "clients"],
		[{ clients: 5 }, "merge", undefined],
		[{ duration: 60 }, "compare", undefined],
		[{ duration: 60 }, "merge", "duration"],
		[{ transports: ["polling"] }, "compare", undefined],
		[{ transports: ["polling"] }, "merge", "transports"],
		[{ payload: 5 }, "compare", "payload"],
		[{ payload: 5 }, "merge", "payload"],
		[{ seed: 5 }, "compare", undefined],
		[{ seed: 5, connectRate: 9 }, "compare", "connectRate"],
		[{ seed: 5, connectRate: 9 }, "merge", undefined],
		[{ plainClient: true }, "compare", "plainClient"],
		[{ plainClient: true }, "merge", "plainClient"],
		[{ message: '"x"' }, "compare", "message"],
		[{ message: '"x"' }, "merge", "message"],
		[{ pollingAgent: "default" }, "compare", "pollingAgent"],
		[{ pollingAgent: "default" }, "merge", "pollingAgent"],
		[{ ack: "said" }, "compare", "ack"],
		[{ ack: "said" }, "merge", "ack"],
		[{ namespace: "/chat" }, "compare", "namespace"],
		[{ namespace: "/chat" }, "merge", "namespace"],
		[{ namespace: "/" }, "compare", undefined],
		[{ probe: "connect" }, "compare", "probe"],
		[{ probe: "connect" }, "merge", "probe"],
		[{ reconnection: true }, "compare", "reconnection"],
		[{ reconnection: true }, "merge", "reconnection"],
		[{ cut: "graceful" }, "compare", "cut"],
		[{ cut: "graceful" }, "merge", "cut"],
		[{ probes: 5 }, "compare", "probes"],
		[{ probes: 5 }, "merge", "probes"],
		[{ connectTimeout: 5 }, "compare", "connectTimeout"],
		[{ connectTimeout: 5 }, "merge", "connectTimeout"],
		[{ auth: '{"token":"t"}', query: { a: "b" }, headers: { c: "d" } }, "compare", undefined],
		[{ auth: '{"token":"t"}', query: { a: "b" }, headers: { c: "d" } }, "merge", undefined],
		[{ ...of(1, 2), clients: 100, rate: 200, grain: 0, connectRate: 200 }, "compare", "machine"],
		[{ startAt: 5 }, "compare", undefined],
		[{ startAt: 5 }, "merge", undefined],
	])("that differ in %j, used to %s, are kept apart by %s", (options, use, field) => {
		expect(differenceOf(stored(), stored(options), use)?.field).toBe(field);
	});

	test("are named with both values, a message by lengths and hashes", () => {
		expect(differenceOf(stored(), stored({ ack: "said" }), "compare")?.values).toEqual(['""', '"said"']);
		const values = differenceOf(
			stored({ message: '"hush"' }),
			stored({ message: '"hush!"' }),
			"compare",
		)!.values;
		expect(values[0]).toMatch(/^a text of 6 bytes with the hash [0-9a-f]{16}$/);
		expect(values[1]).toMatch(/^a text of 7 bytes with the hash [0-9a-f]{16}$/);
	});

	test("with messages of which older files do not say the text are taken to be alike, and unlike newer ones", () => {
		const older: PlanRecord = { ...stored(), extra: { message: "(redacted)" } };
		expect(differenceOf(older, older, "compare")).toBeUndefined();
		expect(differenceOf(older, stored({ message: '"x"' }), "compare")?.field).toBe("message");
		expect(differenceOf(older, stored(), "compare")?.field).toBe("message");
		expect([older, stored(), stored({ message: '"x"' })].map(hasUnknownMessage)).toEqual([
			true,
			false,
			false,
		]);
	});
});

describe("machines of one test", () => {
	test.each<[PlanOptions, PlanOptions, string | undefined]>([
		[of(1, 3), of(2, 3), undefined],
		[of(2, 3), of(2, 3), "machine"],
		[of(1, 3), { ...of(2, 3), seed: 2 }, "seed"],
		[of(1, 3), of(2, 2), "machine"],
		[{}, of(2, 2), "machine"],
		[of(2, 2), {}, "machine"],
		[{}, {}, undefined],
	])("%j and %j: kept apart by %s", (one, other, field) => {
		expect(differenceOf(stored(one), stored(other), "merge")?.field).toBe(field);
	});

	test("are missed by their numbers", () => {
		expect(missingMachines([stored(of(1, 4)), stored(of(3, 4))])).toEqual([2, 4]);
		expect(missingMachines([stored(of(1, 2)), stored(of(2, 2))])).toEqual([]);
		expect(missingMachines([stored(), stored()])).toEqual([]);
	});

	test("are merged to the plan of one machine", () => {
		const load = { clients: 10, rate: 20, connectRate: 70 };
		const plans = [1, 2, 3].map((number) => stored({ ...load, ...of(number, 3) }));
		const merged = mergedPlan(plans as [PlanRecord, ...PlanRecord[]], ["a", "b", "c"]);
		expect(merged).toMatchObject({ clients: 10, rate: 20 });
		expect(differenceOf(merged, stored(load), "compare")).toBeUndefined();
		expect(storedIn(merged, "machine")).toEqual({ number: 1, of: 1 });
	});
});

test("merged plans add up clients, rates and processes, and unite addresses", () => {
	const other = stored({ paths: "target=http://b,far=http://c", processes: 2 });
	const merged = mergedPlan([stored({ processes: 1 }), other], ["x", "y"]);
	expect(merged).toMatchObject({ clients: 100, rate: 200, processes: 3, payload: 100 });
	expect(storedIn(merged, "connectRate")).toBe(200);
	expect(merged.paths).toEqual([
		{ name: "target", urls: ["http://localhost/", "http://b/"] },
		{ name: "far", urls: ["http://c/"] },
	]);
	expect(merged.extra).toMatchObject({ merged: ["x", "y"] });
});

test("what only one machine did, such as a chaos command, is in the merged plan", () => {
	const chaos = stored({ scenario: "chaos", chaosRun: "true" });
	const merged = mergedPlan([{ ...chaos, extra: {} }, chaos], ["x", "y"]);
	expect(storedIn(merged, "chaosRun")).toBe("true");
});
