import { expect, test } from "vitest";
import { LiveFigures, renderLine, renderScreen, sparkline } from "../../../../loadtest/clients/view/live.ts";
import { planFrom } from "../../../../loadtest/plan/plan.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";

function figuresWith(times: readonly number[]): LiveFigures {
	const live = new LiveFigures(planFrom({ url: "http://localhost", transports: ["polling", "websocket"] }));
	const tally = new Tally();
	tally.counts.sessionsOpen = 7;
	tally.fail("ack_timeout", 2);
	for (const us of times) tally.record("ack", 0, us);
	live.add({ type: "delta", group: 1, delta: tally.take()! });
	return live;
}

test("the terminal view shows each load group and marks the one that sends", () => {
	const view = figuresWith([1000, 1000, 3000]).take("slot 1 of 4: websocket target", 12.2, 1);
	expect(renderScreen(view).split("\n")).toEqual([
		"slot 1 of 4: websocket target, 13 s to go",
		"                    sessions   acks/s   p50 ms   p99 ms  errors",
		"  polling target           0        0        –        –       0  ",
		"▸ websocket target         7        3     1.00     3.00       2  █",
	]);
});

test("the view for a log is one line", () => {
	const live = figuresWith([1000]);
	const view = live.take("slot 1 of 4: websocket target", 3, 1);
	expect(renderLine(view)).toBe(
		"slot 1 of 4: websocket target, 1 acks/s, p50 1.00 ms, p99 1.00 ms, 7 sessions, 2 errors, 3 s to go",
	);
});

test("a load group that does not send keeps its last figures in view, at rate 0", () => {
	const live = figuresWith([1000]);
	live.take("slot 1 of 4: websocket target", 3, 1);
	expect(live.take("slot 2 of 4: polling target", 2, 1).groups[1]).toMatchObject({
		rate: 0,
		p50: 1000,
		active: false,
	});
});

test("a sparkline rises from zero to its largest value", () => {
	expect(sparkline([0, 4, 8])).toBe("▁▅█");
});

test("lost sessions leave the count of sessions, and recovered ones return to it", () => {
	const live = figuresWith([]);
	const tally = new Tally();
	tally.counts.sessionsLost = 4;
	for (let i = 0; i < 3; i++) tally.record("recover", 0, 1000);
	live.add({ type: "delta", group: 1, delta: tally.take()! });
	expect(live.take("", 0, 1).groups.map(({ sessions }) => sessions)).toEqual([0, 7 - 4 + 3]);
});
