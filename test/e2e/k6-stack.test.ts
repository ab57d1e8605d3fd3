import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { K6_TRANSPORTS } from "../../loadtest/k6/script/settings.ts";
import { skipWithoutK6 } from "../support/k6/run.ts";
import { type K6Stack, startK6Stack } from "../support/k6/stack.ts";

describe.skipIf(skipWithoutK6)("k6's scripts against the whole stack", () => {
	let stack: K6Stack;

	beforeAll(async () => {
		stack = await startK6Stack();
		await Promise.all(K6_TRANSPORTS.map((transport) => stack.drive(transport, ["--duration", "2"])));
	}, 60_000);

	afterAll(() => stack[Symbol.asyncDispose]());

	it.each(K6_TRANSPORTS)("%s: every message is acknowledged, direct and through the edge", (transport) => {
		for (const path of ["direct", "edge"] as const) {
			const { result, stderr } = stack.output(transport, path);
			expect(result?.plan.extra["k6ExitCode"], stderr).toBe(0);
			const { counts, errors, path: name } = result!.groups[0]!;
			expect(name).toBe(path);
			expect(errors).toEqual({});
			expect(counts).toMatchObject({ sessionsTried: 6, sessionsOpen: 6, sessionsLost: 0 });
			expect(counts).toMatchObject({ due: 60, sent: 60, received: 60, lost: 0, doubled: 0 });
		}
	});
});
