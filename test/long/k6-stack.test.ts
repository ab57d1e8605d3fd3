import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { K6_TRANSPORTS, type K6Transport } from "../../loadtest/k6/script/settings.ts";
import { skipWithoutK6 } from "../support/k6/run.ts";
import { type K6Stack, startK6Stack } from "../support/k6/stack.ts";

/** Limits that a user could set: over polling a message takes two requests, over a socket none. */
const thresholdsFor = (transport: K6Transport) => ({
	SIO_ACK_P95_MS: transport === "polling" ? "1000" : "500",
	SIO_LOOP_LAG_P95_MS: "20",
	SIO_ACKED_SHARE: "0.999",
	SIO_CONNECTED_SHARE: "0.99",
});

describe.skipIf(skipWithoutK6)("each script for 10 s against the whole stack", () => {
	let stack: K6Stack;

	beforeAll(async () => {
		stack = await startK6Stack();
	}, 60_000);

	afterAll(() => stack[Symbol.asyncDispose]());

	it.each(K6_TRANSPORTS)(
		"%s passes its thresholds, direct and through the edge",
		async (transport) => {
			await stack.drive(transport, ["--duration", "10"], thresholdsFor(transport));
			for (const path of ["direct", "edge"] as const) {
				const { result, stderr } = stack.output(transport, path);
				expect(result?.plan.extra["k6ExitCode"], stderr).toBe(0);
				const doubts = result!.validity.flags.map((flag) => flag.code);
				expect(doubts.filter((doubt) => doubt !== "generator_busy" && doubt !== "unsteady")).toEqual([]);
				expect(result!.groups[0]!.counts).toMatchObject({ due: 300, sent: 300, received: 300, lost: 0 });
				expect(result!.groups[0]!.seconds).toBe(10);
			}
		},
		60_000,
	);
});
