/** When late openings are a doubt: only where opening more slowly would mend them. */
import { describe, expect, test } from "vitest";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import type { GeneratorWindow } from "../../../loadtest/record/result.ts";
import { doubtsAbout } from "../../../loadtest/record/validity.ts";

const run = { tool: "swarm", plan: recordOf(planFrom({ url: "http://localhost" })) };

describe("opening", () => {
	const opened = (due: number, late: number, elu: number): GeneratorWindow[] => [
		{ second: 0, loopDelayP99: 3000, gcPause: 0, due, sent: due, late, elu, tainted: true },
	];
	test.each([
		["a pause that made three of ten sessions late is no doubt", opened(10, 3, 0.16), []],
		["a pause that made all of ten sessions late is none either", opened(10, 10, 0.16), []],
		["a crowd most of which was late is one", opened(200, 150, 0.3), ["opening_busy info"]],
		["an event loop that was busy is one", opened(96, 28, 0.91), ["opening_busy info"]],
	])("%s", (_, opening, expected) => {
		const doubts = doubtsAbout(run, [], [], opening);
		expect(doubts.map(({ code, severity }) => `${code} ${severity}`)).toEqual(expected);
	});
});
