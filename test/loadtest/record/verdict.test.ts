import { describe, expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import type { Counts, Flag, Group } from "../../../loadtest/record/result.ts";
import { noCounts } from "../../../loadtest/record/tally.ts";
import {
	type Decisive,
	exitCodeOf,
	failuresOf,
	type JudgedBudget,
	type Verdict,
	verdictOf,
	worstOf,
} from "../../../loadtest/record/verdict.ts";

function group(counts: Partial<Counts>, transport: Group["transport"] = "websocket"): Group {
	return {
		transport,
		path: "target",
		seconds: 1,
		counts: { ...noCounts(), ...counts },
		errors: {},
		metrics: {},
	};
}

function runOf(groups: Group[], options: PlanOptions = {}, flags: Flag[] = []): Decisive {
	const plan = recordOf(planFrom({ url: "http://localhost", ...options }));
	return { plan, groups, interrupted: false, validity: { valid: true, flags } };
}

const invalid: Flag = { code: "generator_busy", severity: "invalid", message: "", advice: "" };
const warning: Flag = { code: "sessions_missing", severity: "warning", message: "", advice: "" };
const lossy = group({ sent: 100, received: 90, lost: 10 });
const sound = group({ sent: 100, received: 100 });
const met = { verdict: "met" } as const;
const missed = { verdict: "missed" } as const;
const unclear = { verdict: "unclear" } as const;

describe("the verdict", () => {
	test.each<[string, Decisive, JudgedBudget[], Verdict, number]>([
		["ok where everything was answered", runOf([sound]), [], "ok", 0],
		["ok beside a warning", runOf([sound], {}, [warning]), [], "ok", 0],
		["ok where nothing was to be sent", runOf([group({ sessionsOpen: 5 })]), [], "ok", 0],
		["ok with budgets that are met", runOf([sound]), [met], "ok", 0],
		["undecided by a budget", runOf([sound]), [met, unclear], "undecided", 4],
		["failed by a loss, whatever the budgets", runOf([lossy]), [met, unclear], "failed", 1],
		["failed by one of several load groups", runOf([sound, lossy]), [], "failed", 1],
		["failed by a missed budget, beside an undecided one", runOf([sound]), [unclear, missed], "failed", 1],
		[
			"failed by a threshold of the user's own",
			{ ...runOf([sound]), crossedThresholds: ["sio_ack p(95)<5"] },
			[],
			"failed",
			1,
		],
		["invalid before failed", runOf([lossy], {}, [invalid]), [missed], "invalid", 3],
		[
			"interrupted before all",
			{ ...runOf([lossy], {}, [invalid]), interrupted: true },
			[missed],
			"interrupted",
			130,
		],
	])("is %s", (_, run, budgets, verdict, code) => {
		expect(verdictOf(run, budgets)).toBe(verdict);
		expect(exitCodeOf(verdict)).toBe(code);
	});

	test("of several runs is the most serious", () => {
		expect(worstOf(["ok", "undecided", "failed", "invalid"])).toBe("invalid");
		expect(worstOf(["undecided", "failed", "ok"])).toBe("failed");
		expect(worstOf(["ok", "undecided"])).toBe("undecided");
		expect(worstOf([])).toBe("ok");
	});
});

describe("a load group fails by its loss", () => {
	test.each<[string, Partial<Counts>, PlanOptions, string | undefined]>([
		["not at the limit", { sent: 100, received: 99, lost: 1 }, {}, undefined],
		["above the limit", { sent: 100, received: 98, lost: 2 }, {}, "98 of 100 messages were answered"],
		["not below a limit of its own", { sent: 100, received: 98, lost: 2 }, { maxLoss: 2 }, undefined],
		["by one message at 0 %", { sent: 9000, received: 8999, lost: 1 }, { maxLoss: 0 }, "8,999 of 9,000"],
		[
			"when nothing was answered, even at 100 %",
			{ sent: 80, lost: 80 },
			{ maxLoss: 100 },
			"0 of 80 messages",
		],
		[
			"not by what a cut of the run itself has lost",
			{ sent: 100, received: 60, lost: 40, timedOut: 1 },
			{ scenario: "chaos", chaosRun: "true" },
			undefined,
		],
		[
			"by what timed out after such a cut",
			{ sent: 100, received: 60, lost: 40, timedOut: 2 },
			{ scenario: "chaos", chaosRun: "true" },
			"60 of 100 messages were answered",
		],
		[
			"when such a cut left nothing",
			{ sent: 100, lost: 100 },
			{ scenario: "chaos", chaosRun: "true" },
			"0 of 100 messages were answered",
		],
		[
			"in fanout by deliveries",
			{ sent: 400, received: 300, lost: 100 },
			{ scenario: "fanout" },
			"300 of 400 deliveries arrived",
		],
	])("%s", (_, counts, options, sentence) => {
		const failures = failuresOf(runOf([group(counts)], options));
		if (sentence === undefined) expect(failures).toEqual([]);
		else {
			expect(failures).toHaveLength(1);
			expect(failures[0]!.sentence).toContain(sentence);
			expect(failures[0]!.sentence).toContain("(websocket target)");
		}
	});

	test("in a storm when none of the sessions that were cut came back", () => {
		const head = { unit: "sessions", transport: "websocket", path: "target" } as const;
		const storm = (back: number) => ({
			...runOf([group({ sessionsOpen: 30, sessionsLost: 30 })], { scenario: "storm" }),
			outcomes: [
				{ ...head, name: "sessions_cut", value: 30 },
				{ ...head, name: "sessions_back", value: back },
			],
		});
		expect(failuresOf(storm(29))).toEqual([]);
		expect(failuresOf(storm(0)).map(({ sentence }) => sentence)).toEqual([
			"0 of 30 sessions came back after the cut (websocket target)",
		]);
	});
});
