import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSwarm } from "../../loadtest/clients/run.ts";
import { K6_TRANSPORTS, type K6Transport } from "../../loadtest/k6/script/settings.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { Histogram } from "../../loadtest/record/histogram.ts";
import type { Group, Transport } from "../../loadtest/record/result.ts";
import { flashPolicyServer } from "../../origin/flash-policy.ts";
import { listen } from "../../worker/command-line/listen.ts";
import { runK6Command, skipWithoutK6 } from "../support/k6/run.ts";
import { type K6Target, startK6Target } from "../support/k6/target.ts";

/** Milliseconds a node waits before it acknowledges; what two generators may differ by. */
const DELAY = 50;
const AGREEMENT = 2;

const LOAD = { clients: 10, rate: 100 };

/**
 * The service time's p50 in the quietest second, ms: response time adds each generator's own timer, and the
 * rest of the machine's work comes and goes; neither is what is compared.
 */
function quietestP50(group: Group | undefined): number {
	const windows = group?.metrics.ack_service?.windows ?? [];
	return Math.min(...windows.map(({ histogram }) => Histogram.fromRecord(histogram).quantile(0.5) / 1000));
}

describe.skipIf(skipWithoutK6)(`the swarm and k6 against a node that acknowledges after ${DELAY} ms`, () => {
	const swarm = new Map<Transport, number>();
	const k6 = new Map<K6Transport, number>();
	const policy = flashPolicyServer();
	let target: K6Target;

	beforeAll(async () => {
		target = await startK6Target({ delay: DELAY });
		const policyPort = await listen(policy, "127.0.0.1", 0, "--policy-port");
		const plan = planFrom({ url: target.url, transports: K6_TRANSPORTS, ...LOAD, duration: 24, policyPort });
		const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
		for (const group of result.groups) swarm.set(group.transport, quietestP50(group));
		const flags = `--clients ${LOAD.clients} --rate ${LOAD.rate} --duration 6`.split(" ");
		for (const transport of K6_TRANSPORTS) {
			const outcome = await runK6Command([transport, target.url, ...flags]);
			k6.set(transport, quietestP50(outcome.result?.groups[0]));
		}
	}, 180_000);

	afterAll(async () => {
		policy.close();
		await target[Symbol.asyncDispose]();
	});

	it.each(K6_TRANSPORTS)(`agree on p50 within ${AGREEMENT} ms over %s`, (transport) => {
		const [one, other] = [swarm.get(transport)!, k6.get(transport)!];
		expect(one).toBeGreaterThanOrEqual(DELAY);
		expect(other).toBeGreaterThanOrEqual(DELAY);
		expect(Math.abs(one - other), `swarm ${one} ms, k6 ${other} ms`).toBeLessThanOrEqual(AGREEMENT);
	});
});
