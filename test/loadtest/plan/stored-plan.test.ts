import { expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import {
	activityOf,
	cutsSessions,
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

test("a message is kept as its length and hash, which differ when it differs", () => {
	const digest = (message: string) =>
		storedIn(stored({ message }), "message") as { bytes: number; sha256: string };
	// printf '"é{n}"' | sha256sum
	expect(digest('"é{n}"')).toEqual({ bytes: 7, sha256: "d2d366f995cedcb4" });
	expect(digest('"f{n}"').sha256).not.toBe(digest('"g{n}"').sha256);
	expect(JSON.stringify(stored({ message: '"hush"' }))).not.toContain("hush");
});

test("a machine's result has its own share of clients and rates, and no share is rounded away", () => {
	const shares = [1, 2, 3].map((number) =>
		stored({ machine: { number, of: 3 }, clients: 10, rate: 20, connectRate: 60 }),
	);
	expect(shares.map(({ clients, rate, extra }) => [clients, rate, extra["connectRate"]])).toEqual([
		[4, 8, 20],
		[3, 6, 20],
		[3, 6, 20],
	]);
	expect(storedIn(shares[1]!, "machine")).toEqual({ number: 2, of: 3 });
});

test("a result of an older version is read: its messages left one by one, its client was not the plain one", () => {
	const { grain: _, maxLoss: __, ...older } = stored();
	const plan = validated(planShape, older);
	expect(plan.grain).toBe(0);
	expect(plan.maxLoss).toBe(1);
	expect(storedIn(plan, "plainClient")).toBe(false);
});

test("the activity of a user's own scenario is kept, and known by name for the swarm's", () => {
	const own = { name: "mine", about: "", activity: "storm", settings: { reconnection: true } } as const;
	expect(activityOf(stored({ scenario: own }))).toBe("storm");
	expect(activityOf(stored({ scenario: { ...own, name: "echo" } }))).toBe("storm");
	expect(() => stored({ scenario: { ...own, settings: {} } })).toThrow(
		/waits for them to return; add --reconnection/,
	);
	expect(activityOf(stored({ scenario: "idle" }))).toBe("idle");
	expect(activityOf({ ...stored(), scenario: "connect" })).toBe("echo");
});

test("a storm and a chaos command cut sessions themselves", () => {
	expect(cutsSessions(stored({ scenario: "storm" }))).toBe(true);
	expect(cutsSessions(stored({ scenario: "chaos", chaosRun: "true" }))).toBe(true);
	expect(cutsSessions(stored())).toBe(false);
});
