import { expect, test } from "vitest";
import { figuresOf } from "../../../loadtest/record/figures.ts";
import type { Metric } from "../../../loadtest/record/result.ts";
import { Tally } from "../../../loadtest/record/tally.ts";

const noRamp = { connectRate: 1, slot: 1, generator: [], share: 1 };

function groupOf(metric: Metric, times: readonly number[]) {
	const tally = new Tally();
	times.forEach((us, second) => {
		tally.record(metric, second, us);
	});
	return tally.toGroup({ transport: "websocket", path: "edge", seconds: times.length });
}

test("a storm reports when half, 95 % and all of its sessions were back", () => {
	const times = Array.from({ length: 100 }, (_, i) => (i + 1) * 100);
	const figures = figuresOf([groupOf("recover", times)], { activity: "storm", ...noRamp });
	const found = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
	expect(found["recovered_50"]).toBeCloseTo(5000, -2);
	expect(found["recovered_95"]).toBeCloseTo(9500, -2);
	expect(found["recovered_100"]).toBe(10_000);
});

test("a soak reports its slope per hour", () => {
	const times = Array.from({ length: 120 }, (_, i) => 1000 + i);
	const [p50] = figuresOf([groupOf("ack", times)], { activity: "echo", ...noRamp });
	expect(p50).toMatchObject({ name: "p50_slope", unit: "us/h" });
	expect(p50!.value).toBeCloseTo(3600, -2);
});
