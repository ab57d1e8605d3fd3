import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { K6_TRANSPORTS, type K6Transport } from "../../loadtest/k6/script/settings.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { Histogram } from "../../loadtest/record/histogram.ts";
import type { Group, Transport } from "../../loadtest/record/result.ts";
import { flashPolicyServer } from "../../origin/demo/flash-policy.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { runK6Command, skipWithoutK6 } from "../support/k6/run.ts";
import { type K6Target, startK6Target } from "../support/k6/target.ts";

/** How long the node waits before it acknowledges, and how far the two generators may differ. */
const DELAY_MS = 50;
const AGREEMENT_MS = 2;

const LOAD = { clients: 10, rate: 100 };

/**
 * The p50 of the service time in the quietest of 12 seconds, ms. Response time would add each generator's own timer,
 * and other seconds would add varying load on the machine; neither is compared here.
 */
function quietestP50(group: Group | undefined): number {
	const windows = group?.metrics.ack_service?.windows ?? [];
	return Math.min(...windows.map(({ histogram }) => Histogram.fromRecord(histogram).quantile(0.5) / 1000));
}

describe.skipIf(skipWithoutK6)(
	`the swarm and k6 against a node that acknowledges after ${DELAY_MS} ms`,
	() => {
		const swarm = new Map<Transport, number>();
		const k6 = new Map<K6Transport, number>();
		const policy = flashPolicyServer();
		let target: K6Target;

		beforeAll(async () => {
			target = await startK6Target({ delay: DELAY_MS });
			const policyPort = await listen(policy, "127.0.0.1", 0, "--policy-port");
			const plan = planFrom({
				url: target.url,
				transports: K6_TRANSPORTS,
				...LOAD,
				duration: 48,
				policyPort,
			});
			const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
			for (const group of result.groups) swarm.set(group.transport, quietestP50(group));
			const flags = `--clients ${LOAD.clients} --rate ${LOAD.rate} --duration 12`.split(" ");
			for (const transport of K6_TRANSPORTS) {
				const outcome = await runK6Command([transport, target.url, ...flags]);
				k6.set(transport, quietestP50(outcome.result?.groups[0]));
			}
		}, 180_000);

		afterAll(async () => {
			policy.close();
			await target[Symbol.asyncDispose]();
		});

		it.each(K6_TRANSPORTS)(`guard: differ by at most ${AGREEMENT_MS} ms at p50 over %s`, (transport) => {
			const [one, other] = [swarm.get(transport)!, k6.get(transport)!];
			expect(one).toBeGreaterThanOrEqual(DELAY_MS);
			expect(other).toBeGreaterThanOrEqual(DELAY_MS);
			expect(Math.abs(one - other), `swarm ${one} ms, k6 ${other} ms`).toBeLessThanOrEqual(AGREEMENT_MS);
		});
	},
);
