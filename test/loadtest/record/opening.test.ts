/** When late openings are a doubt: only where opening more slowly would mend them. */
import { describe, expect, test } from "vitest";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import type { GeneratorWindow } from "../../../loadtest/record/result.ts";
import { doubtsAbout } from "../../../loadtest/record/validity.ts";

const run = { tool: "swarm", plan: recordOf(planFrom({ url: "http://localhost" })) };

describe("opening", () => {
	const opened = (due: number, late: number): GeneratorWindow[] => [
		{ second: 0, elu: 0.8, loopDelayP99: 30_000, gcPause: 0, due, sent: due, late, tainted: true },
	];
	test.each([
		["a pause that made all of ten sessions late is no doubt", opened(10, 10), []],
		["a few late sessions of many are none either", opened(160, 6), []],
		["a crowd many of which were late is one", opened(160, 75), ["opening_busy info"]],
	])("%s", (_, opening, expected) => {
		const doubts = doubtsAbout(run, [], [], opening);
		expect(doubts.map(({ code, severity }) => `${code} ${severity}`)).toEqual(expected);
	});
});
