/** Flows against real servers: steps as metrics, steps that fail, clients too few, and what report, compare and budgets make of them. */
import { join } from "node:path";
import type { Socket } from "socket.io";
import { describe, expect, test } from "vitest";
import type { PlanOptions } from "../../loadtest/plan/plan.ts";
import type { Group, Metric, Result } from "../../loadtest/record/result.ts";
import { saveResult } from "../../loadtest/record/save.ts";
import { verdictOf } from "../../loadtest/record/verdict.ts";
import { parseBudgets } from "../../loadtest/report/budgets/budget.ts";
import { judgeRun } from "../../loadtest/report/budgets/judge.ts";
import { reportCsv } from "../../loadtest/report/export.ts";
import { reportPage } from "../../loadtest/report/page.ts";
import { reportText } from "../../loadtest/report/text.ts";
import { nodeRun, outcome } from "../support/commands/command.ts";
import { type Folder, runScenario, temporaryFolder } from "../support/swarm/scenario-file.ts";
import { serve } from "../support/swarm/serve.ts";

const SAID_AFTER_MS = 30;

/** A chat: `join` and `say` are acknowledged, and what was said comes to everybody 30 ms later. */
function chat(socket: Socket): void {
	socket.on("join", (room: string, ack: (text: string) => void) => {
		socket.join(room);
		ack(room);
	});
	socket.on("say", (message: { room: string; id: number }, ack: () => void) => {
		ack();
		setTimeout(() => socket.nsp.to(message.room).emit("said", message), SAID_AFTER_MS);
	});
}

const CHAT = `flow: [
	{ emit: "join", args: ["lobby"], ack: true },
	{ think: [0.02, 0.05] },
	{ emit: "say", args: (n, seq, row) => [{ room: "lobby", id: seq, by: n }], ack: true },
	{ expect: "said", match: "0.id" },
],`;

async function runFlow(
	folder: Folder,
	onSocket: (socket: Socket) => void,
	fields: string,
	options: PlanOptions = {},
	stop?: AbortSignal,
): Promise<Result> {
	await using server = await serve();
	server.io.on("connection", onSocket);
	const load = { clients: 30, connectRate: 60, ackTimeout: 1 };
	return await runScenario(server, folder, { activity: "flow", fields, ...load, ...options }, stop);
}

function only(result: Result): Group {
	expect(result.groups).toHaveLength(1);
	return result.groups[0]!;
}

function timesOf(group: Group, metric: Metric): number {
	return group.metrics[metric]?.histogram.count ?? 0;
}

describe("a flow", () => {
	test("times every step, and the whole from each emit to its last answer", async () => {
		await using folder = await temporaryFolder();
		const result = await runFlow(folder, chat, CHAT);
		const group = only(result);
		expect(group.errors).toEqual({});
		expect(group.counts).toMatchObject({ due: 40, sent: 40, received: 40, lost: 0, doubled: 0 });
		const steps = ["step:join", "step:say", "step:said"] as const;
		expect(steps.map((step) => timesOf(group, step))).toEqual([40, 40, 40]);
		const least = SAID_AFTER_MS * 1000;
		expect(group.metrics["step:said"]!.histogram.min).toBeGreaterThanOrEqual(least - 1000);
		expect(group.metrics["step:say"]!.histogram.min).toBeLessThan(least);
		// The pause is in none of them; times are whole microseconds.
		const { sum } = group.metrics.ack!.histogram;
		const [join, said] = (["step:join", "step:said"] as const).map(
			(step) => group.metrics[step]!.histogram.sum,
		);
		expect(Math.abs(sum - join! - said!)).toBeLessThan(40);
	});

	test("is in the report, the CSV, the comparison and the budgets, step by step", async () => {
		await using folder = await temporaryFolder();
		const results = [await runFlow(folder, chat, CHAT), await runFlow(folder, chat, CHAT)];
		const [result] = results as [Result, Result];
		const text = reportText(result);
		expect(text).toMatch(
			/websocket target: half of the flows take at most [\d.]+ ms without their pauses; the slowest step is said \(median [34]\d(\.\d)? ms\)\./,
		);
		expect(text).toMatch(/Steps: from when the emit was due to its answer, milliseconds\n\s+step/);
		expect(text).toMatch(/\n {2}said +websocket +target +[34]\d/);
		expect(text).toContain("20 flows/s each");
		const page = reportPage(result);
		expect(page).toContain("Steps: from when the emit was due to its answer");
		expect(page).not.toMatch(/NaN|undefined/);
		expect(reportCsv(result)).toMatch(/\r\nwebsocket,target,step:said,40,/);
		const files = results.map((_, i) => join(folder.path, `${i}.json`));
		for (const [i, file] of files.entries()) await saveResult(file, results[i]!);
		const budget = await folder.write("budget.txt", "p50 step:said target websocket <= 500 ms");
		const args = [files[0]!, "--against", files[1]!, "--budget", budget];
		const compared = await outcome(nodeRun("loadtest/cli.ts compare", ...args, "--format", "json"));
		expect(compared.stderr).toBe("");
		expect(compared.stdout).toContain('"step:said"');
		expect(compared.stdout).toMatch(/p50 step:said target websocket <= 500 ms/);
		const lines = "p50 step:said target websocket <= 500 ms\np50 step:said target websocket <= 10 ms";
		expect(judgeRun(parseBudgets(lines, "b"), result).map(({ verdict }) => verdict)).toEqual([
			"met",
			"missed",
		]);
	});

	test("that is never answered names the step, and counts with the ack timeout", async () => {
		await using folder = await temporaryFolder();
		let heard = 0;
		const forgetful = (socket: Socket) => {
			socket.on("join", (_: string, ack: () => void) => ack());
			socket.on("say", (_: unknown, ack: () => void) => {
				heard += 1;
				if (heard % 10 !== 0) ack();
			});
		};
		const flow =
			'flow: [{ emit: "join", args: ["a"], ack: true }, { emit: "say", args: [1], ack: true, name: "post" }],';
		const result = await runFlow(folder, forgetful, flow, { clients: 12 });
		const group = only(result);
		expect(group.counts).toMatchObject({ due: 40, received: 36, lost: 4, timedOut: 4 });
		expect(group.errors).toEqual({ "ack_timeout:post": 4 });
		expect(group.metrics["step:post"]!.histogram).toMatchObject({ count: 40 });
		expect(group.metrics["step:post"]!.histogram.max).toBeGreaterThanOrEqual(1_000_000);
		expect(group.metrics.ack!.histogram.max).toBeGreaterThanOrEqual(1_000_000);
		const text = reportText(result);
		expect(text).toMatch(/^36 of 40 flows were completed \(websocket target\)\./);
		expect(text).toContain("websocket target: 4 of 40 flows were not completed.");
		expect(text).toContain("flows_failed: the group's errors name the steps");
		expect(text).toMatch(/ack_timeout:post: messages had no answer within --ack-timeout \(1 s\)/);
		expect(verdictOf(result)).toBe("failed");
	});

	test("whose session is lost in the middle fails at once, and nothing is sent later in its place", async () => {
		await using folder = await temporaryFolder();
		let says = 0;
		const leaving = (socket: Socket) => {
			socket.on("join", (_: string, ack: () => void) => {
				ack();
				if (socket.nsp.sockets.size === 30 && says === 0)
					for (const one of socket.nsp.sockets.values()) one.conn.close();
			});
			socket.on("say", (_: unknown, ack: () => void) => {
				says += 1;
				ack();
			});
		};
		const flow =
			'flow: [{ emit: "join", args: ["a"], ack: true }, { think: 0.3 }, { emit: "say", args: [1], ack: true }],';
		const result = await runFlow(folder, leaving, flow, { reconnection: true, duration: 3, rate: 10 });
		const { errors, counts } = only(result);
		const lost = (errors["ack_lost_with_session"] ?? 0) + (errors["ack_lost_with_session:join"] ?? 0);
		expect(lost).toBeGreaterThan(0);
		expect(counts.lost).toBe(lost);
		expect(counts.received).toBe(counts.sent - lost);
		expect(says).toBe(counts.received);
		expect(errors["no_free_client"]).toBeUndefined();
	});

	test("needs as many clients as run at a time, else the advice names --clients", async () => {
		await using folder = await temporaryFolder();
		const flow = 'flow: [{ emit: "join", args: ["a"], ack: true }, { think: 0.5 }],';
		const result = await runFlow(folder, chat, flow, { clients: 3 });
		const { counts, errors } = only(result);
		expect(counts.sent).toBeGreaterThanOrEqual(12);
		expect(counts.sent).toBeLessThan(20);
		expect(errors).toEqual({ no_free_client: counts.due - counts.sent });
		expect(verdictOf(result)).toBe("invalid");
		const text = reportText(result);
		expect(text).toMatch(/websocket target: only 1\d of 40 flows could begin\./);
		expect(text).toMatch(
			/not_sent: \d+ were due while every client was busy with a flow: raise --clients \(3 now\) above --rate \(20 now\) × the seconds that a flow takes/,
		);
	});

	test("whose args throw counts an error with the function's name", async () => {
		await using folder = await temporaryFolder();
		const flow =
			'flow: [{ emit: "join", args: (n) => { if (n === 2) throw new TypeError("no room"); return ["a"]; }, ack: true }],';
		const { counts, errors, samples } = only(await runFlow(folder, chat, flow, { clients: 8 }));
		expect(counts).toMatchObject({ due: 40, sent: 40, received: 35, lost: 5 });
		expect(errors).toEqual({ scenario_error: 5 });
		expect(samples).toEqual({ scenario_error: ["flow(): TypeError: no room"] });
	});

	test("that pauses when the run is interrupted does not hold it up", async () => {
		await using folder = await temporaryFolder();
		const stop = new AbortController();
		let says = 0;
		const stopping = (socket: Socket) => {
			chat(socket);
			socket.prependAny(() => {
				says += 1;
				if (says === 10) stop.abort();
			});
		};
		const flow =
			'flow: [{ emit: "join", args: ["a"], ack: true }, { think: 60 }, { emit: "join", args: ["b"], ack: true, name: "second" }],';
		const result = await runFlow(folder, stopping, flow, { clients: 30, duration: 20 }, stop.signal);
		const { counts } = only(result);
		expect(result.interrupted).toBe(true);
		expect(counts).toMatchObject({ due: 0, sent: 0, received: 0, lost: 0 });
	});
});
