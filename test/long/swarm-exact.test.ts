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

/** What a message may cost the generator itself, at the median of a run and of the rounds. */
const MAX_ADDED_US = 150;
const RATES = [50, 190, 210, 1000, 4000];
const ROUNDS = 3;
const ANSWERS: Record<string, PlanOptions> = {
	"by ack": {},
	"by event": {
		ack: "said",
		ackMatch: "0.id",
		message: '{"id":{seq},"text":"some text of the usual length"}',
	},
};

let exact: ExactPrograms;

interface Measured {
	readonly rate: number;
	readonly added: number;
	readonly valid: boolean;
	readonly lost: number;
}

/** A run's median response time beyond the target's own stamps and a round trip over loopback, in µs. */
async function measure(rate: number, options: PlanOptions): Promise<Measured> {
	const { target } = exact;
	const trip = await exact.roundTrip(1e6 / rate);
	await target.takeTimes();
	const load = { clients: 50, rate, duration: rate < 100 ? 4 : 2.5, warmup: 0.5, phaseSessions: 0 };
	const plan = planFrom({ url: target.url, ...load, ...options });
	const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
	const { valid } = result.validity;
	const { sent, received } = result.groups[0]!.counts;
	const own = median((await target.takeTimes()).slice(-sent));
	const p50 = quantileAt(result, "target", "ack", 0.5);
	const added = p50 - own - trip;
	console.info(
		`${options.transports} ${rate}/s: p50 ${p50} µs, target ${own}, round trip ${trip}, added ${added.toFixed(0)}; ${valid ? "valid" : "invalid"}`,
	);
	return { rate, added, valid, lost: sent - received };
}

/** Each rate in each round; the median over the rounds, of a rate at which all runs are valid. */
async function measureAll(options: PlanOptions): Promise<Measured[]> {
	const runs: Measured[] = [];
	for (let round = 0; round < ROUNDS; round++)
		for (const rate of RATES) runs.push(await measure(rate, options));
	return RATES.map((rate) => {
		const same = runs.filter((run) => run.rate === rate);
		return {
			rate,
			added: median(same.map(({ added }) => added)),
			valid: same.every(({ valid }) => valid),
			lost: same.reduce((sum, { lost }) => sum + lost, 0),
		};
	});
}

// Node.js as the target would add its own wake-up and parsing to what is measured, and could not tell how much.
describe.skipIf(skipWithoutCompiler)(
	"at a target that stamps bytes in and bytes out (tools: cc, openssl)",
	{ timeout: 240_000 },
	() => {
		beforeAll(async () => {
			exact = await startExactPrograms();
		});
		afterAll(() => exact[Symbol.asyncDispose]());

		test.each(Object.entries(ANSWERS))(
			"WebSocket messages answered %s read at most 0.15 ms more than they take, at each rate",
			async (_, options) => {
				const measured = await measureAll({ ...options, transports: ["websocket"] });
				expect(measured.filter(({ valid, lost }) => !valid || lost !== 0)).toEqual([]);
				expect(measured.filter(({ added }) => added > MAX_ADDED_US)).toEqual([]);
			},
		);

		test.each(Object.entries(ANSWERS))(
			"polled messages answered %s read at most 0.15 ms more than they take, while runs are valid",
			async (_, options) => {
				const measured = await measureAll({ ...options, transports: ["polling"] });
				const valid = measured.filter((run) => run.valid);
				expect(valid.map(({ rate }) => rate)).toEqual(expect.arrayContaining([50, 190, 210]));
				expect(valid.filter(({ added }) => added > MAX_ADDED_US)).toEqual([]);
			},
		);
	},
);
