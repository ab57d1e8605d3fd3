import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeRun } from "../support/commands/command.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

let folder: string;
let target: Target;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "swarm-machines-"));
	target = await startTarget();
});

afterAll(async () => {
	await target[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
});

test.concurrent.each<[string, string[], RegExp]>([
	[
		"a machine that does not exist",
		["--machine", "4/3"],
		/'--machine <K\/M>' argument '4\/3' is invalid. Write K\/M, machine K of M/,
	],
	[
		"more machines than clients",
		["--machine", "2/9", "--clients", "8"],
		/--machine 2\/9: 9 machines share 8 --clients; give fewer machines/,
	],
	[
		"a start that has passed",
		["--start-at", "2026-01-01T00:00:00Z"],
		/--start-at 2026-01-01T00:00:00.000Z was \d+ s ago: opening the sessions takes 11 s .*; give a time at least 11 s ahead/,
	],
	[
		"a start without a zone",
		["--start-at", "2027-01-01T00:00:00"],
		/'--start-at <time>' argument '2027-01-01T00:00:00' is invalid. Give a time with its zone/,
	],
	[
		"one start for several runs",
		["--start-at", "4000000000", "--repeat", "2"],
		/--repeat 2: --start-at is the start of one run/,
	],
	[
		"a watched process that does not exist",
		["--watch", "edge=2147483646"],
		/--watch edge=2147483646: no such process; give the id of a running one/,
	],
])("%s is a usage error of one line", { timeout: 30_000 }, async (_, args, line) => {
	const short = args.includes("--clients") ? [] : ["--clients", "50"];
	const { code, stderr } = await runSwarmCommand(target.url, ...short, ...args, "--quiet");
	expect(stderr).toMatch(line);
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect(code).toBe(2);
});

test.skipIf(process.platform !== "linux")(
	"when a worker is killed while the run waits for its start, the run ends at once and names the signal",
	{ timeout: 30_000 },
	async () => {
		await using own = await startTarget();
		const startAt = String(Math.ceil(Date.now() / 1000) + 300);
		const args = ["--clients", "2", "--transports", "websocket", "--start-at", startAt];
		await using command = nodeRun(
			"loadtest/cli.ts swarm",
			...[own.url, ...args, "--out", join(folder, "killed.json")],
		);
		// The preflight's message, then each client's first: all sessions are open.
		await own.heard(3);
		const children = await readFile(`/proc/${command.pid}/task/${command.pid}/children`, "utf8");
		const worker = Number(children.trim().split(" ")[0]);
		process.kill(worker, "SIGKILL");
		const { code, stderr } = await command.ended();
		expect(stderr).toContain(
			`worker process ${worker} of the swarm ended (signal SIGKILL): killed from outside`,
		);
		expect(code).toBe(1);
	},
);
