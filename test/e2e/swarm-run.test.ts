import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { parseResult } from "../../loadtest/record/load.ts";
import { TRANSPORTS } from "../../loadtest/record/result.ts";
import { startTarget } from "../support/swarm/target.ts";

const quiet = { progress: () => {} };

test("every transport on every path is measured on its own", async () => {
	await using target = await startTarget();
	const paths = `a=${target.url},b=${target.url}`;
	const { policyPort } = target;
	const plan = planFrom({
		paths,
		policyPort,
		transports: TRANSPORTS,
		clients: 3,
		rate: 60,
		duration: 2,
		warmup: 0.05,
		phaseSessions: 4,
	});
	const result = await runSwarm(plan, quiet, new AbortController().signal);
	expect(parseResult(JSON.stringify(result), "result")).toEqual(result);
	expect(result.groups).toHaveLength(10);
	for (const { transport, path, counts, metrics, errors, seconds } of result.groups) {
		expect(errors).toEqual({});
		expect(counts).toMatchObject({
			sessionsTried: 3,
			sessionsOpen: 3,
			sessionsLost: 0,
			due: 12,
			sent: 12,
			received: 12,
		});
		expect(counts).toMatchObject({ lost: 0, doubled: 0, reordered: 0 });
		expect(metrics.ack?.histogram.count).toBe(12);
		// One that the machine disturbed is made up for, but at most four are.
		const disturbed = result.outcomes!.find(
			(one) => one.name === "phases_disturbed" && one.transport === transport && one.path === path,
		);
		expect(metrics.first_ack?.histogram.count).toBe(Math.min(4, 8 - (disturbed?.value ?? 0)));
		expect(metrics.opening?.histogram.count).toBe(3);
		expect(seconds).toBeCloseTo(0.2, 1);
	}
});
