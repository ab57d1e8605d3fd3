/** Other people's applications: messages of a scenario file, rows, bytes and parsers against real servers. */
import { join } from "node:path";
import * as msgpack from "socket.io-msgpack-parser";
import { describe, expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { loadResult } from "../../loadtest/record/load.ts";
import type { Group, Result } from "../../loadtest/record/result.ts";
import { reportText } from "../../loadtest/report/text.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import {
	runScenario as run,
	scenarioText,
	SMALL as small,
	temporaryFolder,
} from "../support/swarm/scenario-file.ts";
import { serve } from "../support/swarm/serve.ts";

const never = new AbortController().signal;

function only(result: Result): Group {
	expect(result.groups).toHaveLength(1);
	return result.groups[0]!;
}

describe("message() and args()", () => {
	test("give each message of each client, with its row", async () => {
		await using server = await serve();
		await using folder = await temporaryFolder();
		const heard = new Set<string>();
		server.io.on("connection", (socket) => {
			socket.on("say", (room: string, message: { id: number; by: string }, ack: () => void) => {
				heard.add(`${room} ${message.by} ${typeof message.id}`);
				ack();
			});
		});
		const data = await folder.write("users.csv", 'name,room\n"Ann, A.",r0\nBob,r1\n"Cy ""C""",r2\nDee,r3\n');
		const fields = "args: (n, seq, row) => [row.room, { id: seq, by: row.name + n }],";
		const group = only(await run(server, folder, { fields, event: "say", data }));
		expect(group.counts).toMatchObject({ due: 40, received: 40 });
		expect([...heard].sort()).toEqual([
			"r0 Ann, A.0 number",
			"r1 Bob1 number",
			'r2 Cy "C"2 number',
			"r3 Dee3 number",
		]);
	});

	test("that throw now and then are counted as errors, and the other messages are sent", async () => {
		await using server = await serve();
		await using folder = await temporaryFolder();
		const fields =
			'message(n) { calls += 1; if (calls > 12 && n === 3) throw new Error("client 3 is out"); return n; },';
		const group = only(await run(server, folder, { fields, before: "let calls = 0;" }));
		expect(group.counts.due).toBe(40);
		expect(group.counts.received).toBe(group.counts.sent);
		expect(group.errors["scenario_error"]).toBe(group.counts.due - group.counts.sent);
		expect(group.errors["scenario_error"]).toBeGreaterThan(3);
		expect(group.samples?.["scenario_error"]).toEqual(["message(): client 3 is out"]);
	});

	const stray = `setup(socket) {
			calls += 1;
			if (calls < FIRST) return;
			Promise.reject(new Error("secret"));
			socket.once("hello", () => { throw new TypeError("secret"); });
			socket.emit("greet");
			return socket.emitWithAck("echo", 1);
		},`;

	test.each([
		[
			"during the check end the command",
			0,
			1,
			/^error: --scenario \S+mine\.ts: an error in a (listener|promise that is not awaited): \w*Error in line \d+\.\n$/,
		],
		["during the run are counted and end nothing", 2, 0, /scenario_error \d/],
	])("errors in listeners and in promises that nobody awaits %s", async (_, first, code, said) => {
		await using server = await serve();
		await using folder = await temporaryFolder();
		server.io.on("connection", (socket) => socket.on("greet", () => socket.emit("hello")));
		const text = scenarioText("echo", stray.replace("FIRST", String(first)), "let calls = 0;");
		const file = await folder.write("mine.ts", text);
		const out = join(folder.path, "r.json");
		const load = "--transports websocket --clients 3 --rate 20 --duration 2 --warmup 0 --quiet".split(" ");
		const ended = await runSwarmCommand(
			`http://127.0.0.1:${server.port}`,
			"--scenario",
			file,
			...load,
			"--out",
			out,
		);
		expect(ended.stdout + ended.stderr).not.toMatch(/secret|\n\s+at /);
		const result = code === 0 ? await loadResult(out) : null;
		expect(ended.code).toBe(result?.validity.valid === false ? 3 : code);
		expect(result === null ? ended.stderr : reportText(result)).toMatch(said);
		const { samples } = result?.groups[0] ?? {};
		if (result !== null)
			expect(samples?.["scenario_error"]?.sort().map((line) => line.replace(/ in line .*/, ""))).toEqual([
				"a listener: TypeError",
				"a promise that is not awaited: Error",
			]);
	});
});

describe("--binary and --parser", () => {
	test.each(["polling", "websocket"] as const)(
		"bytes are sent and acknowledged once over %s",
		async (transport) => {
			await using server = await serve();
			const types = new Set<boolean>();
			server.io.on("connection", (socket) =>
				socket.onAny((_, payload) => types.add(Buffer.isBuffer(payload) && payload.length === 300)),
			);
			const plan = planFrom({
				url: `http://127.0.0.1:${server.port}`,
				...small,
				transports: [transport],
				binary: true,
				payload: 300,
			});
			const group = only(await runSwarm(plan, { progress: () => {} }, never));
			expect(group.counts).toMatchObject({ due: 40, received: 40, doubled: 0 });
			expect([...types]).toEqual([true]);
		},
	);

	test.each([false, true])("msgpack's acknowledgements are counted once (binary: %s)", async (binary) => {
		await using server = await serve({ parser: msgpack });
		const plan = planFrom({
			url: `http://127.0.0.1:${server.port}`,
			...small,
			parser: "socket.io-msgpack-parser",
			binary,
		});
		const group = only(await runSwarm(plan, { progress: () => {} }, never));
		expect(group.errors).toEqual({});
		expect(group.counts).toMatchObject({ due: 40, received: 40, doubled: 0 });
	});

	test.each([
		["no-such-parser", /--parser no-such-parser cannot be loaded \(MODULE_NOT_FOUND\); install it/],
		["commander", /--parser commander exports no Encoder and Decoder/],
	])("a parser %s is refused", async (parser, said) => {
		await using server = await serve();
		const plan = planFrom({ url: `http://127.0.0.1:${server.port}`, ...small, parser });
		await expect(preflight(plan)).rejects.toThrow(said);
	});
});
