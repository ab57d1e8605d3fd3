import { expect, test } from "vitest";
import { belongsTo } from "../../../../loadtest/clients/activities/activity.ts";
import { isProbe } from "../../../../loadtest/clients/activities/fanout.ts";
import { planFrom } from "../../../../loadtest/plan/plan.ts";

const workers = [0, 1, 2];

/** The clients of each worker. */
function shares(scenario: string): number[][] {
	const plan = planFrom({ url: "http://localhost", scenario, clients: 30, probes: 5, processes: 3 });
	return workers.map((worker) =>
		Array.from({ length: plan.clients }, (_, n) => n).filter((n) => belongsTo(worker, n, plan)),
	);
}

test.each(["echo", "fanout"])("%s: every client belongs to exactly one worker", (scenario) => {
	const all = shares(scenario).flat();
	expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
});

test("a fan-out's first worker has the probes and nothing else", () => {
	const [first] = shares("fanout");
	expect(first).toHaveLength(5);
	expect(first!.every((n) => isProbe({ clients: 30, probes: 5 }, n))).toBe(true);
});
