import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { startDelayServer } from "../support/swarm/delay-server.ts";

const quiet = { progress: () => {} };
const never = new AbortController().signal;

test("a run with more load than the swarm can generate is invalid, and its report says why", {
	timeout: 60_000,
}, async () => {
	await using server = await startDelayServer({ usual: 0, slowPercent: 0, slow: 0, stallFrom: 0 });
	const load = { clients: 50, rate: 200_000, duration: 2, processes: 1, ackTimeout: 2 };
	const result = await runSwarm(
		planFrom({ url: server.url, transports: ["websocket"], ...load }),
		quiet,
		never,
	);
	expect(result.validity.valid).toBe(false);
	expect(result.validity.flags).toContainEqual(
		expect.objectContaining({ code: "generator_busy", severity: "invalid" }),
	);
	expect(result.generator.every(({ tainted }) => tainted)).toBe(true);
});
