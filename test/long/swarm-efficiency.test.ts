import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artilleryPlan, installArtillery } from "../support/swarm/artillery.ts";
import { type Cost, costOfGenerator } from "../support/swarm/generator-cost.ts";

/** Seconds of measurement for each tool at each rate. */
const SECONDS = Number(process.env["SWARM_BENCH_SECONDS"] ?? 30);
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

// The goal, half of Artillery's cost, is not reached (loadtest/README.md has the figures). Ratios of 0.66 to 1.04 were
// measured, the higher ones while the machine was twice as slow; the bound leaves room for its noise.
test("guard: the swarm reaches every rate, at less than 1.5 times Artillery's CPU per acknowledgement", {
	timeout: 3_600_000,
}, async () => {
	const [url] = (await listening) as [string];
	const ratios: number[] = [];
	const kept: boolean[] = [];
	for (const rate of RATES) {
		const theirs = await costOfArtillery(url, rate);
		const ours = await costOfSwarm(url, rate);
		kept.push(isSustained(ours, rate));
		const ratio = ours.cpuPerAck / theirs.cpuPerAck;
		if (isSustained(ours, rate) && isSustained(theirs, rate)) ratios.push(ratio);
		const text = ({ cpuPerAck, achieved }: Cost) => `${cpuPerAck.toFixed(1)} µs at ${achieved.toFixed(0)}/s`;
		console.info(`${rate}/s: swarm ${text(ours)}, Artillery ${text(theirs)}, ratio ${ratio.toFixed(2)}`);
	}
	expect(kept).toEqual(RATES.map(() => true));
	expect(ratios.length).toBeGreaterThan(0);
	expect(Math.max(...ratios)).toBeLessThan(1.5);
});
