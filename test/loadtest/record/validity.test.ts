import { describe, expect, test } from "vitest";
import type { Counts, GeneratorWindow, Group } from "../../../loadtest/record/result.ts";
import { isTainted } from "../../../loadtest/record/taint.ts";
import { noCounts, Tally } from "../../../loadtest/record/tally.ts";
import { doubts } from "../../../loadtest/record/validity.ts";

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

function codes(groups: readonly Group[], generator: readonly GeneratorWindow[] = [], cuts = false): string[] {
	return doubts(groups, generator, { cuts }).map(({ code, severity }) => `${code} ${severity}`);
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
			"free of doubts when all is well",
			[group({ sessionsTried: 5, sessionsOpen: 5, due: 9, sent: 9, received: 9 })],
			seconds(20, 0),
			[],
		],
		["doubted for one tainted second of ten", [], seconds(9, 1), ["generator_busy warning"]],
		["void for three tainted seconds of ten", [], seconds(7, 3), ["generator_busy invalid"]],
		["void when its only second is tainted", [], seconds(0, 1), ["generator_busy invalid"]],
		["doubted for three tainted seconds of a hundred", [], seconds(97, 3), ["generator_busy warning"]],
		["void when nothing connects", [group({ sessionsTried: 5 })], [], ["nothing_connected invalid"]],
		[
			"doubted when sessions are missing",
			[group({ sessionsTried: 50, sessionsOpen: 49 })],
			[],
			["sessions_missing warning"],
		],
		[
			"void when sessions are lost",
			[group({ sessionsTried: 9, sessionsOpen: 9, sessionsLost: 1 })],
			[],
			["sessions_lost invalid"],
		],
		[
			"doubted when one session of a hundred is lost",
			[group({ sessionsTried: 100, sessionsOpen: 100, sessionsLost: 1 })],
			[],
			["sessions_lost warning"],
		],
		[
			"void when messages could not be sent",
			[group({ sessionsTried: 1, sessionsOpen: 1, due: 100, sent: 90 })],
			[],
			["not_sent invalid"],
		],
		["doubted when messages are lost", [group({ due: 9, sent: 9, lost: 1 })], [], ["messages_lost warning"]],
		[
			"doubted when answers come twice",
			[group({ due: 9, sent: 9, doubled: 1 })],
			[],
			["messages_doubled warning"],
		],
		[
			"void when this machine has no port left",
			[group({}, { open_no_free_port: 1 })],
			[],
			["out_of_ports invalid"],
		],
		[
			"void when this machine has no file left",
			[group({}, { open_too_many_files: 1 })],
			[],
			["out_of_files invalid"],
		],
	])("%s", (_, groups, generator, expected) => {
		expect(codes(groups, generator)).toEqual(expected);
	});
});

test("a storm's own cuts are no fault of the target", () => {
	const cut = group({ sessionsTried: 9, sessionsOpen: 9, sessionsLost: 9, due: 100, sent: 50 });
	expect(codes([cut], [], true)).toEqual(["not_sent info"]);
});

test("a p50 that rises all along is told, one that wavers is not", () => {
	const rising = Array.from({ length: 20 }, (_, i) => 1000 + i * 50);
	const wavering = Array.from({ length: 20 }, (_, i) => 1000 + (i % 2) * 400);
	expect(codes([group({}, {}, rising)])).toEqual(["unsteady info"]);
	expect(codes([group({}, {}, wavering)])).toEqual([]);
});
