/** The verdict of `npm run swarm` on real servers: headline, exit code, and the same of the result's report. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "socket.io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadResult } from "../../loadtest/record/load.ts";
import type { Group, Result } from "../../loadtest/record/result.ts";
import { nodeRun, outcome } from "../support/commands/command.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

const CLIENTS = 4;
const LOAD =
	`--transports websocket --clients ${CLIENTS} --rate 20 --duration 4 --warmup 0 --ack-timeout 0.6 --phase-sessions 0`.split(
		" ",
	);

let folder: string;
let files = 0;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "swarm-verdict-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** Answers the `first` events, by default those of preflight and opening, then those of the messages for which `answers` is true. */
function answering(answers: (message: number) => boolean, first = CLIENTS + 1): Promise<Target> {
	let heard = -first;
	return startTarget({
		serve: (socket: Socket) =>
			socket.on("echo", (_: unknown, ack: () => void) => {
				if (heard < 0 || answers(heard)) ack();
				heard += 1;
			}),
	});
}

interface Run {
	readonly code: number;
	readonly stdout: string;
	readonly result: Result;
	readonly file: string;
}

async function swarm(target: Target, ...flags: string[]): Promise<Run> {
	files += 1;
	const file = join(folder, `${files}.json`);
	const { code, stdout } = await runSwarmCommand(target.url, ...LOAD, "--out", file, "--quiet", ...flags);
	return { code, stdout, result: await loadResult(file), file };
}

/** On a busy machine a run may be invalid, which comes before every other verdict. */
function expected(result: Result, code: number): number {
	return result.validity.valid ? code : 3;
}

async function budgetFile(...lines: string[]): Promise<string> {
	files += 1;
	const file = join(folder, `${files}.txt`);
	await writeFile(file, lines.join("\n"));
	return file;
}

describe("a run against a server", { timeout: 40_000 }, () => {
	test.each<[string, (message: number) => boolean, string[], number, number, RegExp]>([
		[
			"that answers nothing",
			() => false,
			[],
			0,
			1,
			/^0 of 80 messages were answered \(websocket target\)\.\n/,
		],
		["that answers three of four", (n) => n % 4 !== 0, [], 60, 1, /^60 of 80 messages were answered/],
		["that loses one of 40", (n) => n % 40 !== 0, [], 78, 1, /^78 of 80 messages were answered/],
		[
			"that loses less than --max-loss",
			(n) => n % 40 !== 0,
			["--max-loss", "3 %"],
			78,
			0,
			/^Valid with \d doubts?: .*2 of 80 messages were never acknowledged/,
		],
		["that answers everything", () => true, [], 80, 0, /^Valid(:| with \d doubts?: in \d of 4 s)/],
	])("%s", async (_, answers, flags, received, code, first) => {
		await using target = await answering(answers);
		const run = await swarm(target, ...flags);
		expect(run.result.groups[0]!.counts).toMatchObject({ sent: 80, received });
		expect(run.code).toBe(expected(run.result, code));
		expect(run.stdout).toMatch(run.result.validity.valid ? first : /^INVALID/);
		const report = await outcome(nodeRun("loadtest/cli.ts report", run.file));
		expect(report).toMatchObject({ code: run.code, stdout: run.stdout });
		const junit = await outcome(nodeRun("loadtest/cli.ts report", run.file, "--format", "junit"));
		expect(/<failure /.test(junit.stdout)).toBe(run.code !== 0);
		expect(junit.code).toBe(run.code);
	});

	test("that stops answering while the sessions open has lost its messages, and not its sessions", async () => {
		await using target = await answering(() => false, 1);
		const { result, code, stdout } = await swarm(target);
		const [{ counts, errors }] = result.groups as [Group];
		expect(counts).toMatchObject({ sessionsTried: CLIENTS, sessionsOpen: CLIENTS, sent: 80, received: 0 });
		expect(errors).toEqual({ ack_timeout: 80 + CLIENTS });
		expect(code).toBe(expected(result, 1));
		if (result.validity.valid) expect(stdout).toMatch(/^0 of 80 messages were answered/);
	});

	test.each([
		["met", "share <= 500 ms target websocket >= 90 %", 0],
		["missed", "p50 target websocket <= 0.001 ms", 1],
		["undecided", "p99 target websocket <= 500 ms", 4],
	])("with a budget that is %s", async (_, line, code) => {
		await using target = await startTarget();
		const { result, ...run } = await swarm(target, "--budget", await budgetFile(line));
		expect(run.code).toBe(expected(result, code));
		expect(run.stdout).toContain(line);
	});

	test.each([
		["malformed", "p99 target websocket < 5 ms", "exactly one <= is needed"],
		[
			"on another path",
			"p99 edge websocket <= 5 ms",
			"websocket on edge is not measured; the run has websocket target",
		],
		["on a step", "p50 step:say target websocket <= 1 s", "the run has no step:say; only a flow has steps"],
		["on another transport", "loss target polling <= 1 %", "polling on target is not measured"],
	])("with a budget that is %s never starts", async (_, line, why) => {
		await using target = await startTarget();
		const { code, stderr } = await runSwarmCommand(target.url, ...LOAD, "--budget", await budgetFile(line));
		expect(code).toBe(2);
		expect(stderr).toContain(why);
		expect(target.io.engine.clientsCount).toBe(0);
	});
});
