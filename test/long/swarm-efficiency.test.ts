import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { median } from "../../loadtest/record/median.ts";
import { artilleryPlan, installArtillery } from "../support/swarm/artillery.ts";
import { type Cost, costOfGenerator } from "../support/swarm/generator-cost.ts";

/** Seconds of measurement for each tool at each rate, in each round. */
const SECONDS = Number(process.env["SWARM_BENCH_SECONDS"] ?? 10);
const ROUNDS = 3;
const RATES = [200, 500, 1000, 2000, 4000, 8000];
const CLIENTS = 200;

let folder: string;
let artillery: string;
const server = fork(
	fileURLToPath(new URL("../support/swarm/counting-server-process.ts", import.meta.url)),
	[],
	{
		execArgv: [],
	},
);
const listening = once(server, "message");

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "efficiency-"));
	artillery = await installArtillery();
}, 300_000);

afterAll(async () => {
	server.disconnect();
	await rm(folder, { recursive: true });
});

async function counted(): Promise<number> {
	server.send("count");
	const [count] = (await once(server, "message")) as [number];
	return count;
}

function costOfSwarm(url: string, rate: number): Promise<Cost> {
	const load = [
		"--transports",
		"websocket",
		"--clients",
		`${CLIENTS}`,
		"--rate",
		`${rate}`,
		"--duration",
		`${SECONDS + 30}`,
	];
	const command = ["loadtest/cli.ts", "swarm", url, ...load, "--quiet", "--out", join(folder, "swarm.json")];
	return costOfGenerator(command, counted, CLIENTS + rate * 3, SECONDS);
}

async function costOfArtillery(url: string, rate: number): Promise<Cost> {
	const plan = join(folder, "artillery.yml");
	await artilleryPlan(plan, url, CLIENTS, rate, SECONDS + 30);
	return costOfGenerator([artillery, "run", "--quiet", plan], counted, CLIENTS + rate * 3, SECONDS);
}

/** Whether a tool reached the requested rate. */
function isSustained({ achieved }: Cost, rate: number): boolean {
	return achieved > rate * 0.95;
}

/**
 * The swarm's CPU per acknowledgement as a multiple of Artillery's, measured one right after the other; null when
 * Artillery fell behind. The order alternates, so that a machine that becomes slower or faster favours neither.
 */
async function ratioAt(url: string, rate: number, round: number): Promise<number | null> {
	const isSwarmFirst = round % 2 === 1;
	const first = await (isSwarmFirst ? costOfSwarm : costOfArtillery)(url, rate);
	const second = await (isSwarmFirst ? costOfArtillery : costOfSwarm)(url, rate);
	const [swarm, artillery] = isSwarmFirst ? [first, second] : [second, first];
	const ratio = swarm.cpuPerAck / artillery.cpuPerAck;
	const text = ({ cpuPerAck, achieved }: Cost) => `${cpuPerAck.toFixed(1)} µs at ${achieved.toFixed(0)}/s`;
	console.info(`${rate}/s: swarm ${text(swarm)}, Artillery ${text(artillery)}, ratio ${ratio.toFixed(2)}`);
	expect(isSustained(swarm, rate), `the swarm reached ${swarm.achieved} of ${rate}/s`).toBe(true);
	return isSustained(artillery, rate) ? ratio : null;
}

// The goal, half of Artillery's cost, is not reached. A single pair has had
// ratios of 0.66 to 1.72, since the speed of a shared machine changes within minutes. Therefore the pairs of one
// rate are minutes apart, and their median counts.
test("guard: the swarm reaches every rate, at less than 1.5 times Artillery's CPU per acknowledgement", {
	timeout: 3_600_000,
}, async () => {
	const [url] = (await listening) as [string];
	const ratios = new Map<number, number[]>(RATES.map((rate) => [rate, []]));
	for (let round = 0; round < ROUNDS; round++)
		for (const rate of RATES) {
			const ratio = await ratioAt(url, rate, round);
			if (ratio !== null) ratios.get(rate)!.push(ratio);
		}
	const judged = [...ratios].filter(([, values]) => values.length > 0);
	const medians = judged.map(([rate, values]) => ({ rate, ratio: median(values) }));
	console.info(JSON.stringify(medians));
	expect(medians.length).toBeGreaterThan(0);
	expect(medians.filter(({ ratio }) => ratio >= 1.5)).toEqual([]);
});
