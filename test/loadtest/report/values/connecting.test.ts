import { expect, test } from "vitest";
import { Tally } from "../../../../loadtest/record/tally.ts";
import { openingTable, phaseTable } from "../../../../loadtest/report/values/connecting.ts";
import { resultOf } from "../../../support/swarm/merge-inputs.ts";

const second = (number: number, tainted: boolean) =>
	({ second: number, elu: 0, loopDelayP99: 0, gcPause: 0, due: 0, sent: 0, late: 0, tainted }) as const;

/** A result whose sessions opened after 1 ms, 2 ms … of their due times. */
function openedResult(sessions: number, tainted: boolean) {
	const tally = new Tally();
	for (let i = 1; i <= sessions; i++) tally.record("opening", 0, i * 1000);
	tally.record("tcp", 0, 400);
	const group = tally.toGroup({ transport: "websocket", path: "target", seconds: 2 });
	return { ...resultOf("a", []), groups: [group], opening: [second(0, tainted), second(1, false)] };
}

test("how the sessions opened is one sentence beside the table, with the rate that was asked for", () => {
	const { cells, notes } = openingTable(openedResult(100, false));
	expect(cells).toEqual([
		[
			"websocket",
			"target",
			"100",
			expect.stringMatching(/^50\./),
			expect.stringMatching(/^(89\.9|90\.)/),
			"95.0",
			"n/a",
			"n/a",
			"100",
		],
	]);
	expect(notes).toEqual(["Opened 100 a second, 95 % within 95.0 ms."]);
});

test("too few sessions for a p95 have their maximum in the sentence", () => {
	expect(openingTable(openedResult(5, false)).notes).toEqual(["Opened 100 a second, all within 5.00 ms."]);
});

test("times in seconds in which the generator was late are called tainted", () => {
	expect(openingTable(openedResult(100, true)).notes).toContain(
		"tainted: the generator was late in 1 of 2 s; its own delays are in these times.",
	);
});

test("phases say that they are those of sessions opened one at a time, unless the load's own sessions were timed", () => {
	const alone = openedResult(1, false);
	expect(phaseTable(alone).caption).toBe(
		"Connection phases of sessions opened one at a time: medians, milliseconds",
	);
	const { opening: _, ...ramp } = alone;
	expect(phaseTable(ramp).caption).toBe("Connection phases: medians, milliseconds");
});
