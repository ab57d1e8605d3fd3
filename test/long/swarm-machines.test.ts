/** Two swarm commands at once, as on two machines, against one application that minds who its users are. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "socket.io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadResult } from "../../loadtest/record/load.ts";
import type { Counts, Result } from "../../loadtest/record/result.ts";
import { Command, nodeRun } from "../support/commands/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

/** Another machine: its monotonic clock is 4,000 s ahead, its wall clock an hour. */
const CLOCKS = ["-f", "+1h", "unshare", "-r", "--time", "--monotonic", "4000"];
const CLOCK_SHIFT_S = 3600;
const canShiftClocks = spawnSync("faketime", [...CLOCKS, "true"]).status === 0;

/** Time for two commands to start and to open their sessions at once on a small machine. */
const AHEAD_S = 15;

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "swarm-machines-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** Broadcasts to rooms, and kicks a user's older session. */
async function startChat(): Promise<Target & { kicked: () => number }> {
	const users = new Map<string, Socket>();
	let kicked = 0;
	const target = await startTarget({
		serve: (socket) => {
			const user = String(socket.handshake.auth["user"]);
			const older = users.get(user);
			users.set(user, socket);
			if (older !== undefined) {
				kicked += 1;
				older.disconnect(true);
			}
			socket.on("disconnect", () => users.get(user) === socket && users.delete(user));
			socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
			socket.on("join", async (room: string, ack: () => void) => {
				await socket.join(room);
				ack();
			});
			socket.on("room", (room: string, payload: unknown, ack: () => void) => {
				target.io.to(room).emit("room", room, payload);
				ack();
			});
		},
	});
	return Object.assign(target, { kicked: () => kicked });
}

interface Machines {
	readonly args: readonly string[];
	readonly shifted: boolean;
}

/** Runs both machines to their end and merges their results. */
async function runBoth(target: Target, { args, shifted }: Machines): Promise<[Result, Result, Result]> {
	const startAt = Math.ceil(Date.now() / 1000) + AHEAD_S;
	const files = ["a.json", "b.json", "both.json"].map((name) => join(folder, name));
	const argsOf = (number: number, at: number) => [
		target.url,
		...["--machine", `${number}/2`, "--start-at", String(at), "--auth", '{"user":"{n}-{transport}"}'],
		...[...args, "--ack-timeout", "2", "--warmup", "0.5", "--quiet", "--out", files[number - 1]!],
	];
	const swarm = "loadtest/cli.ts swarm";
	await using first = nodeRun(swarm, ...argsOf(1, startAt));
	await using second = shifted
		? new Command("faketime", [
				...CLOCKS,
				...[process.execPath, ...swarm.split(" ")],
				...argsOf(2, startAt + CLOCK_SHIFT_S),
			])
		: nodeRun(swarm, ...argsOf(2, startAt));
	const ended = await Promise.all([first.ended(), second.ended()]);
	expect(ended.map(({ stderr }) => stderr)).toEqual(["", ""]);
	await using merge = nodeRun("loadtest/cli.ts report", "merge", ...files.slice(0, 2), "--out", files[2]!);
	expect((await merge.ended()).stderr).toBe(`written: ${files[2]}\n`);
	return (await Promise.all(files.map(loadResult))) as [Result, Result, Result];
}

/** No session lost, nothing doubled or lost, and merged counts that are the machines' sums. */
function expectWhole(
	[a, b, both]: readonly [Result, Result, Result],
	dueAt: (group: number) => number,
): void {
	for (const [i, { counts }] of both.groups.entries()) {
		const due = dueAt(i);
		expect(counts).toMatchObject({
			...{ sessionsTried: 21, sessionsOpen: 21, sessionsLost: 0 },
			...{ due, sent: due, received: due, lost: 0, doubled: 0, reordered: 0 },
		});
		for (const field of Object.keys(counts) as (keyof Counts)[])
			expect([field, counts[field]]).toEqual([
				field,
				a.groups[i]!.counts[field] + b.groups[i]!.counts[field],
			]);
	}
	expect([a, b, both].map(({ plan }) => plan.clients)).toEqual([11, 10, 21]);
	expect(both.plan.rate).toBeCloseTo(a.plan.rate + b.plan.rate, 9);
}

/** The longest time of any metric in milliseconds: another host's clock would give hours. */
function longestMs({ groups }: Result): number {
	return Math.max(
		...groups.flatMap(({ metrics }) => Object.values(metrics).map(({ histogram }) => histogram.max / 1000)),
	);
}

// With CI=true a missing tool fails the tests.
const skipsShifted = !canShiftClocks && process.env["CI"] === undefined;

describe.each([
	["on one clock", false],
	["on clocks an hour apart (needs faketime and time namespaces)", true],
] as const)("two machines %s", (_, shifted) => {
	test.skipIf(shifted && skipsShifted)(
		"send one schedule of echoes: no client is kicked, and counts add up",
		async () => {
			await using chat = await startChat();
			const args = "--clients 21 --rate 42 --duration 4 --transports polling,websocket".split(" ");
			const results = await runBoth(chat, { args, shifted });
			// 4 slots of 1 s and 0.5 s of warm-up, in each of which a machine sends its clients' messages of one schedule.
			expectWhole(results, () => 84);
			expect(longestMs(results[2])).toBeLessThan(2000);
			expect(chat.kicked()).toBe(0);
		},
	);

	test.skipIf(shifted && skipsShifted)(
		"broadcast to their own rooms only, each message once, and in no absurd time",
		async () => {
			await using chat = await startChat();
			const args =
				"--scenario fanout --clients 21 --rate 10 --probes 4 --duration 4 --transports websocket".split(" ");
			const results = await runBoth(chat, { args, shifted });
			// 20 messages of each machine: to 10 subscribers of the first, and 9 of the second.
			expectWhole(results, () => 20 * 10 + 20 * 9);
			expect(results[2].groups[0]!.metrics.fanout_last!.histogram.count).toBe(40);
			expect(longestMs(results[2])).toBeLessThan(2000);
			expect(chat.kicked()).toBe(0);
		},
	);
});
