import { expect, test } from "vitest";
import { runTruth } from "../support/swarm/truth.ts";

// For an otherwise idle machine. The control, a server without delays, shows what the machine itself adds.
test("p50 is within 5 % or 1 ms of the logged one, p99 within 5 % or the control's p99", {
	timeout: 120_000,
}, async () => {
	const { truths, control, result } = await runTruth(45);
	console.info(JSON.stringify(result.validity));
	for (const { path, p50, p99 } of truths) {
		console.info(
			`${path}: p50 ${p50.measured / 1000} ms measured, ${p50.logged / 1000} logged; p99 ${p99.measured / 1000} measured, ${p99.logged / 1000} logged; control p50 ${control(0.5) / 1000}, p99 ${control(0.99) / 1000}`,
		);
		expect(Math.abs(p50.measured - p50.logged)).toBeLessThan(Math.max(1000, p50.logged * 0.05));
		expect(Math.abs(p99.measured - p99.logged)).toBeLessThan(Math.max(control(0.99), p99.logged * 0.05));
	}
});
