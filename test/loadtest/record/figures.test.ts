import { expect, test } from "vitest";
import { figuresOf, kneeOf } from "../../../loadtest/record/figures.ts";
import type { Metric } from "../../../loadtest/record/result.ts";
import { Tally } from "../../../loadtest/record/tally.ts";

function groupOf(metric: Metric, times: readonly number[]) {
	const tally = new Tally();
	times.forEach((us, second) => {
		tally.record(metric, second, us);
	});
	return tally.toGroup({ transport: "websocket", path: "edge", seconds: times.length });
}

test("the knee is where opening became slow for good", () => {
	expect(
		kneeOf(
			groupOf("connect", [5000, 5000, 5100, 5000, 20_000, 5000, 20_000, 30_000, 40_000, 50_000]),
			400,
			10,
		),
	).toBe(240);
});

test("a ramp without a knee reports none", () => {
	expect(kneeOf(groupOf("connect", Array(10).fill(5000)), 400, 10)).toBeNull();
});

test("a storm reports when half, 95 % and all of its sessions were back", () => {
	const times = Array.from({ length: 100 }, (_, i) => (i + 1) * 100);
	const figures = figuresOf([groupOf("recover", times)], { activity: "storm", connectRate: 1, slot: 1 });
	const found = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
	expect(found["recovered_50"]).toBeCloseTo(5000, -2);
	expect(found["recovered_95"]).toBeCloseTo(9500, -2);
	expect(found["recovered_100"]).toBe(10_000);
});

test("a soak reports its slope per hour", () => {
	const times = Array.from({ length: 120 }, (_, i) => 1000 + i);
	const [p50] = figuresOf([groupOf("ack", times)], { activity: "echo", connectRate: 1, slot: 1 });
	expect(p50).toMatchObject({ name: "p50_slope", unit: "us/h" });
	expect(p50!.value).toBeCloseTo(3600, -2);
});
