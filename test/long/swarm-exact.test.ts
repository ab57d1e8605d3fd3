import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { median } from "../../loadtest/record/median.ts";
import {
	type ExactPrograms,
	skipWithoutCompiler,
	startExactPrograms,
} from "../support/swarm/stamping-target.ts";
import { quantileAt } from "../support/swarm/truth.ts";

/** What a message costs the generator itself, at the median: the goal is 0.15 ms at every rate. */
const MAX_ADDED_US = 150;
const RATES = [50, 190, 210, 1000, 4000];
const ANSWERS: Record<string, PlanOptions> = {
	"by ack": {},
	"by event": {
		ack: "said",
		ackMatch: "0.id",
		message: '{"id":{seq},"text":"some text of the usual length"}',
	},
};

let exact: ExactPrograms;

/** A run's median response time beyond the target's own stamps and a round trip over loopback, in µs. */
async function measure(options: PlanOptions & { rate: number }) {
	const { target } = exact;
	const trips = [await exact.roundTrip(1e6 / options.rate)];
	await target.takeTimes();
	const plan = planFrom({
		url: target.url,
		clients: 50,
		duration: 5,
		warmup: 1,
		phaseSessions: 0,
		...options,
	});
	const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
	const { sent, received } = result.groups[0]!.counts;
	const own = (await target.takeTimes()).slice(-sent);
	trips.push(await exact.roundTrip(1e6 / options.rate));
	const p50 = quantileAt(result, "target", "ack", 0.5);
	const added = p50 - median(own) - median(trips);
	console.info(
		`${options.transports} ${options.rate}/s: p50 ${p50} µs, target ${median(own)}, round trip ${trips.join(" and ")}, added ${added.toFixed(0)}; ${result.validity.valid ? "valid" : "invalid"}`,
	);
	return { added, p50, valid: result.validity.valid, lost: sent - received };
}

// Node.js as the target would add its own wake-up and parsing to what is measured, and could not tell how much.
describe.skipIf(skipWithoutCompiler)(
	"at a target that stamps bytes in and bytes out (tools: cc, openssl)",
	() => {
		beforeAll(async () => {
			exact = await startExactPrograms();
		}, 60_000);
		afterAll(() => exact[Symbol.asyncDispose]());

		for (const [answers, options] of Object.entries(ANSWERS)) {
			test(`WebSocket messages answered ${answers} read at most 0.15 ms more than they take, at each rate`, {
				timeout: 120_000,
			}, async () => {
				const runs = [];
				for (const rate of RATES)
					runs.push({ rate, ...(await measure({ ...options, rate, transports: ["websocket"] })) });
				expect(runs.filter(({ valid }) => !valid)).toEqual([]);
				expect(runs.filter(({ lost }) => lost !== 0)).toEqual([]);
				expect(runs.filter(({ added }) => added > MAX_ADDED_US)).toEqual([]);
			});

			test(`polled messages answered ${answers} read at most 0.15 ms more than they take, while the run is valid`, {
				timeout: 120_000,
			}, async () => {
				const runs = [];
				for (const rate of RATES)
					runs.push({ rate, ...(await measure({ ...options, rate, transports: ["polling"] })) });
				const valid = runs.filter((run) => run.valid);
				expect(valid.map(({ rate }) => rate)).toEqual(expect.arrayContaining([50, 190, 210]));
				expect(valid.filter(({ added }) => added > MAX_ADDED_US)).toEqual([]);
			});
		}
	},
);
