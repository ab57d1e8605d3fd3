/** Comparisons of real runs: real clients, the real edge, and a node that really is slower. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { saveResult } from "../../loadtest/record/save.ts";
import { DELAYED_EVENT, startDelayed } from "../support/report/stack.ts";

/** Long compared with the jitter of a busy machine. */
const BASE_MS = 200;
const SLOWED_MS = 240;
/** Attempts per run. A run is repeated because of its generator, never because of the measured figure. */
const ATTEMPTS = 6;
const SATURATING_RATE = 200_000;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "report-verdicts-"));
	await using fast = await startDelayed(BASE_MS);
	await using slow = await startDelayed(SLOWED_MS);
	const targets = [["base", fast.url] as const, ["again", fast.url] as const, ["slow", slow.url] as const];
	// ABC CBA ABC …: each pair of sides takes turns, so drift of this machine affects all equally.
	for (let round = 1; round <= 5; round++) {
		const order = round % 2 === 1 ? targets : targets.toReversed();
		for (const [side, url] of order) await validRun(`${side}-${round}`, url);
	}
	await run("saturated", fast.url, SATURATING_RATE, 3);
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("five runs against the same five give the verdict same and exit 0", () => {
	const { verdict, status } = compared(five("base"), five("base"));
	expect([verdict, status]).toEqual(["same", 0]);
});

test("five runs against five others of the same node give the verdict same at p50 and exit 0", () => {
	const { verdict, status } = compared(five("again"), five("base"), "--primary", "p50 websocket edge");
	expect([verdict, status]).toEqual(["same", 0]);
});

test("with p99 included, equal runs are never called better or worse", () => {
	// In so short a run a stall of 40 ms affects one message in a hundred, which leaves p99 unclear.
	expect(["same", "unclear"]).toContain(compared(five("again"), five("base")).verdict);
});

test("a node slowed by 20 % gives the verdict worse and exits 1", () => {
	const { verdict, reason, status } = compared(five("slow"), five("base"));
	expect([verdict, status]).toEqual(["worse", 1]);
	expect(reason).toContain("slower");
});

test("a saturated generator gives the verdict invalid and exits 3", () => {
	const { verdict, status } = compared([file("saturated")], [file("saturated")]);
	expect([verdict, status]).toEqual(["invalid", 3]);
});

/** Repeats a run whose generator was disturbed by other load, because it measured nothing. */
async function validRun(name: string, url: string): Promise<void> {
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) if (await run(name, url, 200, 4)) return;
	throw new Error(`${ATTEMPTS} runs of ${name} were invalid: this machine is too busy to measure on`);
}

async function run(name: string, url: string, rate: number, duration: number): Promise<boolean> {
	const plan = planFrom({
		paths: [{ name: "edge", urls: [url] }],
		transports: ["websocket"],
		clients: 20,
		rate,
		duration,
		event: DELAYED_EVENT,
		insecure: true,
	});
	const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
	await saveResult(file(name), result);
	return result.validity.valid;
}

function compared(
	candidate: string[],
	base: string[],
	...more: string[]
): { verdict: string; reason: string; status: number | null } {
	const flags = [...candidate, "--against", ...base, "--format", "json", ...more];
	const { stdout, status } = spawnSync(process.execPath, ["loadtest/cli.ts", "compare", ...flags], {
		encoding: "utf8",
	});
	const { verdict, reason } = JSON.parse(stdout);
	return { verdict, reason, status };
}

function five(side: string): string[] {
	return [1, 2, 3, 4, 5].map((round) => file(`${side}-${round}`));
}

function file(name: string): string {
	return join(folder, `${name}.json`);
}
