import { describe, expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import type { Counts, GeneratorWindow, Group } from "../../../loadtest/record/result.ts";
import { isTainted } from "../../../loadtest/record/taint.ts";
import { noCounts, Tally } from "../../../loadtest/record/tally.ts";
import { doubtsAbout, trustOf, validity } from "../../../loadtest/record/validity.ts";

const calm: GeneratorWindow = {
	second: 0,
	elu: 0.2,
	loopDelayP99: 3000,
	gcPause: 0,
	due: 100,
	sent: 100,
	late: 0,
	tainted: false,
};

function group(
	counts: Partial<Counts>,
	errors: Record<string, number> = {},
	p50s: readonly number[] = [],
): Group {
	const tally = new Tally();
	p50s.forEach((us, second) => {
		tally.record("ack", second, us);
	});
	return {
		...tally.toGroup({ transport: "polling", path: "edge", seconds: 1 }),
		counts: { ...noCounts(), ...counts },
		errors,
	};
}

function runOf(options: PlanOptions = {}, tool = "swarm") {
	return { tool, plan: recordOf(planFrom({ url: "http://localhost", ...options })) };
}

function codes(
	groups: readonly Group[],
	generator: readonly GeneratorWindow[] = [],
	options: PlanOptions = {},
): string[] {
	return doubtsAbout(runOf(options), groups, generator).map(({ code, severity }) => `${code} ${severity}`);
}

function seconds(calmOnes: number, taintedOnes: number): GeneratorWindow[] {
	return [...Array(calmOnes).fill(calm), ...Array(taintedOnes).fill({ ...calm, tainted: true })];
}

describe("a second is tainted", () => {
	test.each([
		["when the loop is busy", { elu: 0.71 }, 2000, true],
		["when sends are late", { late: 6 }, 2000, true],
		["when the loop is behind by more than a fifth of the p99", { loopDelayP99: 25_000 }, 2000, true],
		["not when the p99 is five times what the loop is behind", { loopDelayP99: 25_000 }, 200_000, false],
		["not by delay when nothing was timed in it", { loopDelayP99: 90_000 }, Number.NaN, false],
		["not when all is calm", {}, 2000, false],
	])("%s", (_, change, p99, tainted) => {
		expect(isTainted({ ...calm, ...change }, p99)).toBe(tainted);
	});
});

describe("a run is", () => {
	test.each([
		[
			"free of doubts when nothing is wrong",
			[group({ sessionsTried: 5, sessionsOpen: 5, due: 9, sent: 9, received: 9 })],
			seconds(20, 0),
			[],
		],
		["doubtful for one tainted second of ten", [], seconds(9, 1), ["generator_busy warning"]],
		["invalid for three tainted seconds of ten", [], seconds(7, 3), ["generator_busy invalid"]],
		["invalid when its only second is tainted", [], seconds(0, 1), ["generator_busy invalid"]],
		["doubtful for three tainted seconds of a hundred", [], seconds(97, 3), ["generator_busy warning"]],
		["invalid when nothing connects", [group({ sessionsTried: 5 })], [], ["nothing_connected invalid"]],
		[
			"doubtful when sessions are missing",
			[group({ sessionsTried: 50, sessionsOpen: 49 })],
			[],
			["sessions_missing warning"],
		],
		[
			"invalid when sessions are lost",
			[group({ sessionsTried: 9, sessionsOpen: 9, sessionsLost: 1 })],
			[],
			["sessions_lost invalid"],
		],
		[
			"doubtful when one session of a hundred is lost",
			[group({ sessionsTried: 100, sessionsOpen: 100, sessionsLost: 1 })],
			[],
			["sessions_lost warning"],
		],
		[
			"invalid when messages could not be sent",
			[group({ sessionsTried: 1, sessionsOpen: 1, due: 100, sent: 90 })],
			[],
			["not_sent invalid"],
		],
		["doubtful when messages are lost", [group({ due: 9, sent: 9, lost: 1 })], [], ["messages_lost warning"]],
		[
			"doubtful when answers come twice",
			[group({ due: 9, sent: 9, doubled: 1 })],
			[],
			["messages_doubled warning"],
		],
		[
			"invalid when this machine ran out of ports",
			[group({}, { open_no_free_port: 1 })],
			[],
			["out_of_ports invalid"],
		],
		[
			"invalid when this machine ran out of file descriptors",
			[group({}, { open_too_many_files: 1 })],
			[],
			["out_of_files invalid"],
		],
	])("%s", (_, groups, generator, expected) => {
		expect(codes(groups, generator)).toEqual(expected);
	});
});

test("sessions that a storm cuts are no fault of the target", () => {
	const cut = group({ sessionsTried: 9, sessionsOpen: 9, sessionsLost: 9, due: 100, sent: 50 });
	expect(codes([cut], [], { scenario: "storm" })).toEqual(["not_sent info"]);
});

test("a p50 that rises throughout the run raises a doubt, one that wavers does not", () => {
	const rising = Array.from({ length: 20 }, (_, i) => 1000 + i * 50);
	const wavering = Array.from({ length: 20 }, (_, i) => 1000 + (i % 2) * 400);
	expect(codes([group({}, {}, rising)])).toEqual(["unsteady info"]);
	expect(codes([group({}, {}, wavering)])).toEqual([]);
});

describe("the advice", () => {
	test("about messages that were not sent says whether their sessions were lost or never opened", () => {
		const counts = { sessionsTried: 10, sessionsOpen: 8, due: 80, sent: 64 };
		const advice = (lost: number) =>
			doubtsAbout(runOf(), [group({ ...counts, sessionsLost: lost })], []).find(
				({ code }) => code === "not_sent",
			)!.advice;
		expect(advice(0)).toContain("had not opened");
		expect(advice(2)).toContain("were lost");
	});

	test("about the generator gives the messages that were late", () => {
		const late = [{ ...calm, due: 20, late: 3, elu: 0.03, loopDelayP99: 1000, tainted: true }];
		const [paused] = doubtsAbout(runOf(), [], [...late, ...seconds(9, 0)]);
		expect(paused!.message).toContain("3 of 20 messages sent late");
	});

	const busy = (options: PlanOptions, tool = "swarm") =>
		doubtsAbout(runOf(options, tool), [], seconds(0, 3)).find(({ code }) => code === "generator_busy")!
			.advice;

	test.each<[PlanOptions, string]>([
		[
			{ rate: 700, clients: 30, processes: 2 },
			"lower --rate (700 now) or --clients (30 now), add --processes (2 now)",
		],
		[{ scenario: "fanout", rate: 20 }, "lower --rate (20 now) or --clients (200 now)"],
		[{ scenario: "ramp" }, "lower --connect-rate (400 now), add"],
		[{ scenario: "storm", clients: 70 }, "lower --clients (70 now), add"],
		[{ scenario: "idle" }, "lower --clients (1000 now), add"],
		[{ probe: "connect" }, "lower --clients (50 now), add"],
	])("for %j names the flags that the load depends on, with their values", (options, advice) => {
		expect(busy(options)).toContain(advice);
	});

	const paused = { ...calm, elu: 0.01, loopDelayP99: 90_000, tainted: true };
	test.each<[string, Partial<GeneratorWindow>, PlanOptions, string]>([
		["an idle loop that was stopped", {}, {}, "generator_paused"],
		["an idle loop that sent late", { loopDelayP99: 1000, late: 10 }, {}, "generator_paused"],
		["a busy loop", { elu: 0.8 }, {}, "generator_busy"],
		["a long garbage collection", { gcPause: 80_000 }, {}, "generator_busy"],
		["a burst of the generator's own work", { elu: 0.1 }, { scenario: "storm" }, "generator_busy"],
		["a pause between the bursts", { elu: 0.01 }, { scenario: "storm" }, "generator_paused"],
	])("follows from the cause: %s", (_, change, options, code) => {
		const doubts = doubtsAbout(runOf({ rate: 5, ...options }), [], [{ ...paused, ...change }]);
		expect(doubts.map((doubt) => doubt.code)).toEqual([code]);
		if (code === "generator_paused") expect(doubts[0]!.advice).not.toContain("--rate");
	});

	test("about missing sessions names the rate of opening only where sessions timed out", () => {
		const advice = (errors: Record<string, number>) =>
			doubtsAbout(runOf(), [group({ sessionsTried: 50, sessionsOpen: 40 }, errors)], [])[0]!.advice;
		expect(advice({ open_timeout: 10 })).toBe(
			"10 of them timed out while the others opened: a lower --connect-rate (100 now) may help",
		);
		expect(advice({ open_connect_refused: 10 })).toBe("see the group's errors");
	});

	test("for k6 names no flag that k6 lacks", () => {
		const advice = busy({ rate: 700 }, "k6");
		expect(advice).toContain("lower --rate (700 now) or --clients (50 now)");
		expect(advice).not.toMatch(/--processes|calibrate/);
	});

	test("about lost messages names the time that they count with", () => {
		const [lost] = doubtsAbout(runOf({ ackTimeout: 3 }), [group({ due: 9, sent: 9, lost: 1 })], []);
		expect(lost!.advice).toContain("they count as 3 s (--ack-timeout)");
	});
});

test("a run is invalid when a doubt says so, and valid with all others", () => {
	const { plan, tool } = runOf();
	const warning = doubtsAbout({ plan, tool }, [group({ due: 9, sent: 9, lost: 1 })], []);
	const invalid = doubtsAbout({ plan, tool }, [group({ sessionsTried: 5 })], []);
	expect(validity(warning).valid).toBe(true);
	expect(validity([...warning, ...invalid]).valid).toBe(false);
});

test.each([
	[true, [], false, "valid"],
	[true, ["info"], false, "valid"],
	[true, ["warning"], false, "doubtful"],
	[true, [], true, "doubtful"],
	[true, ["invalid"], false, "invalid"],
	[false, [], true, "invalid"],
] as const)(
	"a result that is valid: %j, with doubts %j, interrupted: %j, is %s",
	(valid, severities, interrupted, trust) => {
		const flags = severities.map((severity) => ({ code: "any", severity, message: "", advice: "" }));
		expect(trustOf({ validity: { valid, flags }, interrupted })).toBe(trust);
	},
);

test("advice to one machine of several says that its values are its own share", () => {
	const busy = Array.from({ length: 4 }, (_, second) => ({ ...calm, second, elu: 0.9, tainted: true }));
	const run = runOf({ machine: { number: 2, of: 3 }, clients: 7, rate: 100 });
	const [doubt] = doubtsAbout(run, [], busy);
	expect(doubt?.advice).toContain(
		"lower --rate (28.57 now on this machine) or --clients (2 now on this machine), add --processes (1 now)",
	);
});
