import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { parseResult } from "../../loadtest/record/load.ts";
import { TRANSPORTS } from "../../loadtest/record/result.ts";
import { startTarget } from "../support/swarm/target.ts";

const quiet = { progress: () => {} };

/** Sessions of the phases that may be counted: two in each of two rounds, and in each up to two disturbed ones are made up for. */
function phaseCounts(disturbed: number): number[] {
	const ofRound = (disturbedThen: number) => Math.min(2, 4 - disturbedThen);
	return [0, 1, 2, 3, 4]
		.filter((first) => disturbed - first >= 0 && disturbed - first <= 4)
		.map((first) => ofRound(first) + ofRound(disturbed - first));
}

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
		const disturbed = result.outcomes!.find(
			(one) => one.name === "phases_disturbed" && one.transport === transport && one.path === path,
		);
		expect(phaseCounts(disturbed?.value ?? 0)).toContain(metrics.first_ack?.histogram.count ?? 0);
		expect(metrics.opening?.histogram.count).toBe(3);
		expect(seconds).toBeCloseTo(0.2, 1);
	}
});
