/** Results of two machines, for tests of merging. */
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import { RESULT_KIND, RESULT_VERSION, type Result, resultShape } from "../../../loadtest/record/result.ts";
import { Tally } from "../../../loadtest/record/tally.ts";
import { validated } from "../validated.ts";

/** A result whose acks took `times`, each in its second. */
export function resultOf(
	id: string,
	times: readonly (readonly [second: number, us: number])[],
	options: PlanOptions = {},
): Result {
	const tally = new Tally();
	for (const [second, us] of times) tally.record("ack", second, us);
	Object.assign(tally.counts, {
		sessionsTried: 1,
		sessionsOpen: 1,
		due: times.length,
		sent: times.length,
		received: times.length,
	});
	const group = tally.toGroup({ transport: "websocket", path: "target", seconds: 2 });
	return validated(resultShape, {
		kind: RESULT_KIND,
		version: RESULT_VERSION,
		id,
		startedAt: "2026-11-23T09:00:00.000Z",
		series: { id, index: 1, of: 1 },
		environment: {
			tool: "test",
			versions: {},
			os: "",
			cpu: "",
			cpus: 1,
			memoryBytes: 1,
			loopback: true,
			clock: "",
		},
		plan: recordOf(planFrom({ url: "http://localhost", clients: 3, rate: 10, duration: 2, ...options })),
		groups: [group],
		generator: [],
		validity: { valid: true, flags: [] },
		interrupted: false,
	});
}

/** Response times of one machine and of the other: second and µs. */
export const left = [
	[0, 100],
	[0, 900],
	[1, 5000],
] as const;
export const right = [
	[1, 70],
	[2, 1_000_000],
] as const;
