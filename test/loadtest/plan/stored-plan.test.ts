import { describe, expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import {
	activityOf,
	cutsSessions,
	differingField,
	mergedPlan,
	type PlanRecord,
	planShape,
	recordOf,
	storedIn,
} from "../../../loadtest/plan/stored-plan.ts";
import { validated } from "../../support/validated.ts";

const stored = ({ paths = "target=http://localhost", ...options }: PlanOptions = {}): PlanRecord =>
	validated(planShape, JSON.parse(JSON.stringify(recordOf(planFrom({ paths, ...options })))));

test("a result file keeps the names that its readers rely on", () => {
	expect(Object.keys(stored()).sort()).toEqual(
		[
			...["scenario", "transports", "paths", "clients", "rate", "duration", "slot", "warmup", "payload"],
			...["seed", "arrivals", "grain", "ackTimeout", "maxLoss", "event", "processes", "extra"],
		].sort(),
	);
	expect(stored().extra).toEqual({ sources: "250 addresses" });
});

test("other settings are in `extra` when they differ from their defaults", () => {
	expect(stored({ sources: ["none"], connectRate: 7, plainClient: true }).extra).toEqual({
		sources: "0 addresses",
		connectRate: 7,
		plainClient: true,
	});
});

test("a result of an older version is read: its messages left one by one, its client was not the plain one", () => {
	const { grain: _, maxLoss: __, ...older } = stored();
	const plan = validated(planShape, older);
	expect(plan.grain).toBe(0);
	expect(plan.maxLoss).toBe(1);
	expect(storedIn(plan, "plainClient")).toBe(false);
});

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
		[{ seed: 5, connectRate: 9 }, "compare", undefined],
		[{ seed: 5, connectRate: 9 }, "merge", undefined],
		[{ plainClient: true }, "compare", "plainClient"],
		[{ plainClient: true }, "merge", "plainClient"],
	])("that differ in %j, used to %s, are kept apart by %s", (options, use, field) => {
		expect(differingField(stored(), stored(options), use)).toBe(field);
	});

	test("are merged by adding up clients, rate and processes, and by uniting addresses", () => {
		const other = stored({ paths: "target=http://b,far=http://c", processes: 2 });
		const merged = mergedPlan([stored({ processes: 1 }), other], ["x", "y"]);
		expect(merged).toMatchObject({ clients: 100, rate: 200, processes: 3, payload: 100 });
		expect(merged.paths).toEqual([
			{ name: "target", urls: ["http://localhost/", "http://b/"] },
			{ name: "far", urls: ["http://c/"] },
		]);
		expect(merged.extra).toMatchObject({ merged: ["x", "y"] });
	});
});

test("the activity of a user's own scenario is kept, and known by name for the swarm's", () => {
	const own = { name: "mine", about: "", activity: "storm", settings: {} } as const;
	expect(activityOf(stored({ scenario: own }))).toBe("storm");
	expect(activityOf(stored({ scenario: "idle" }))).toBe("idle");
	expect(activityOf({ ...stored(), scenario: "connect" })).toBe("echo");
});

test("a storm and a chaos command cut sessions themselves", () => {
	expect(cutsSessions(stored({ scenario: "storm" }))).toBe(true);
	expect(cutsSessions(stored({ scenario: "chaos", chaosRun: "true" }))).toBe(true);
	expect(cutsSessions(stored())).toBe(false);
});
