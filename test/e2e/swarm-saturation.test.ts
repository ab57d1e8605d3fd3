import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { startDelayServer } from "../support/swarm/delay-server.ts";

const quiet = { progress: () => {} };
const never = new AbortController().signal;

test("busy processes beside the generator taint the seconds in which it got no processor time", {
	timeout: 60_000,
}, async () => {
	await using server = await startDelayServer({ usual: 0, slowPercent: 0, slow: 0, stallFrom: 0 });
	await using _neighbours = startNeighbours(8);
	const load = { clients: 20, rate: 500, duration: 2 };
	const result = await runSwarm(
		planFrom({ url: server.url, transports: ["websocket"], ...load }),
		quiet,
		never,
	);
	expect(result.generator.filter(({ tainted }) => tainted).length).toBeGreaterThan(0);
	// By its event loop, the generator may look idle while it waits for a processor.
	const codes = result.validity.flags.map(({ code }) => code);
	expect(codes.some((code) => code === "generator_busy" || code === "generator_paused")).toBe(true);
});

/** Processes that use all the processor time they get; they end by themselves, whatever happens to the test. */
function startNeighbours(count: number): AsyncDisposable {
	const children = Array.from({ length: count }, () =>
		spawn("timeout", ["20", "sh", "-c", "while :; do :; done"]),
	);
	return {
		async [Symbol.asyncDispose]() {
			const gone = Promise.all(children.map((child) => once(child, "exit")));
			for (const child of children) child.kill("SIGTERM");
			await gone;
		},
	};
}
