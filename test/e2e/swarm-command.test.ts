import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadResult } from "../../loadtest/record/load.ts";
import { exitCodeOf, verdictOf } from "../../loadtest/record/verdict.ts";
import { PROJECT } from "../../worker/command-line/project.ts";
import { certificateFor } from "../../worker/selfhost/certificate.ts";
import { Command, nodeRun, outcome } from "../support/commands/command.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

const swarm = (...args: string[]) => nodeRun("loadtest/cli.ts swarm", ...args);

let folder: string;
let echo: Target;
let mute: Target;
let secure: Target;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "swarm-"));
	await writeFile(join(folder, "bad.ts"), 'export default { name: "bad", about: "", settings: {} };');
	const { certFile, keyFile } = await certificateFor(null, null);
	const tls = { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8") };
	[echo, mute, secure] = await Promise.all([
		startTarget(),
		startTarget({ serve: () => {} }),
		startTarget({ tls }),
	]);
});

afterAll(async () => {
	for (const target of [echo, mute, secure]) await target[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
});

describe("bad input ends with one line that names it and the fix", () => {
	test.concurrent.each<[string, () => string[], number, RegExp]>([
		["no target", () => [], 2, /no target; give a URL, or --paths/],
		["an unknown flag", () => [echo.url, "--rte", "5"], 2, /unknown option '--rte'.*--rate.*--help/],
		[
			"an unknown scenario",
			() => [echo.url, "--scenario", "ehco"],
			2,
			/--scenario: unknown scenario "ehco"; use one of: echo, fanout/,
		],
		[
			"a missing scenario file",
			() => [echo.url, "--scenario", "./no.ts"],
			2,
			/--scenario \.\/no\.ts: the file does not exist/,
		],
		[
			"a scenario file without an activity",
			() => [echo.url, "--scenario", join(folder, "bad.ts")],
			2,
			/bad\.ts: unknown activity undefined; use one of: echo/,
		],
		["a wrong URL", () => ["nowhere"], 2, /URL: "nowhere" is not a URL/],
		[
			"an unknown transport",
			() => [echo.url, "--transports", "smoke"],
			2,
			/Unknown transport "smoke"; use any of: polling/,
		],
		[
			"a rate of zero",
			() => [echo.url, "--rate", "0"],
			2,
			/'--rate <n>' argument '0' is invalid. Give a number above 0/,
		],
		["a header without a name", () => [echo.url, "--header", "hush"], 2, /--header: write 'Name: value'/],
		["nothing listening", () => ["http://127.0.0.1:9"], 1, /connection refused; start the target/],
		[
			"an untrusted certificate",
			() => [secure.url],
			1,
			/certificate is not trusted \(it is self-signed.*; give its authority with --ca, or use --insecure to trust any/,
		],
		[
			"a folder that cannot be made",
			() => [echo.url, "--out", "/proc/no/r.json"],
			2,
			/--out \/proc\/no\/r\.json cannot be written \(ENOENT\)/,
		],
		[
			"a file below a file",
			() => [echo.url, "--out", join(folder, "bad.ts", "r.json")],
			2,
			/cannot be written \(its folder is a file\)/,
		],
	])("%s", { timeout: 30_000 }, async (_, args, code, line) => {
		const { code: was, stderr } = await runSwarmCommand(...args(), "--quiet");
		expect(stderr).toMatch(line);
		expect(stderr).not.toMatch(/hush|\n\s+at /);
		expect(stderr.trim().split("\n")).toHaveLength(1);
		expect(was).toBe(code);
	});
});

test.concurrent("for a server that does not answer echo the command prints the three lines to add", {
	timeout: 30_000,
}, async () => {
	const { code, stderr } = await runSwarmCommand(mute.url, "--ack-timeout", "2");
	expect(code).toBe(1);
	expect(stderr).toMatch(/no answer to "echo" in 2 s \(--ack-timeout\); name an event .*--event/);
	expect(stderr).toContain('socket.on("echo", (payload, ack) => ack(payload));');
});

test.concurrent("--probe connect needs nothing from the application", { timeout: 30_000 }, async () => {
	const out = join(folder, "probe.json");
	const args = ["--probe", "connect", "--clients", "3", "--duration", "1", "--transports", "websocket"];
	const { code } = await runSwarmCommand(mute.url, ...args, "--out", out, "--quiet");
	const result = await loadResult(out);
	expect(code).toBe(result.validity.valid ? 0 : 3);
	expect(result.groups[0]?.counts).toMatchObject({ sessionsOpen: 3, due: 0 });
});

test.concurrent("when the disk fills up during the run, the figures are still printed", {
	timeout: 30_000,
}, async () => {
	const args = `--clients 2 --duration 1 --transports websocket --out ${join(folder, "full.json")}`;
	const line = `ulimit -f 0; exec ${process.execPath} loadtest/cli.ts swarm ${echo.url} ${args}`;
	const { code, stdout, stderr } = await outcome(new Command("bash", ["-c", line]));
	expect(stderr).toMatch(/warning: --out .*full\.json cannot be written .* The run continues/);
	expect(stdout).toContain("websocket");
	expect(code).toBe(1);
});

test.concurrent("Ctrl-C drains, saves what was measured, and leaves no process behind", {
	timeout: 30_000,
}, async () => {
	await using target = await startTarget();
	const out = join(folder, "stopped.json");
	await using command = swarm(
		target.url,
		"--clients",
		"4",
		"--duration",
		"60",
		"--transports",
		"websocket",
		"--out",
		out,
	);
	await target.heard(200);
	command.killAll("SIGINT");
	const { code } = await command.ended();
	expect(code).toBe(130);
	const result = await loadResult(out);
	expect(result.interrupted).toBe(true);
	const { sent, received } = result.groups[0]!.counts;
	expect(sent).toBeGreaterThan(0);
	expect(received).toBe(sent);
});

test.concurrent("when the server fails half way, the run is invalid, exits 3 and keeps what was measured", {
	timeout: 40_000,
}, async () => {
	await using target = await startTarget();
	const out = join(folder, "gone.json");
	await using command = swarm(
		target.url,
		"--clients",
		"4",
		"--duration",
		"5",
		"--transports",
		"websocket",
		"--out",
		out,
	);
	await target.heard(200);
	target.io.disconnectSockets(true);
	const { code, stdout } = await command.ended();
	expect(code).toBe(3);
	expect(stdout).toMatch(/^INVALID/);
	const result = await loadResult(out);
	expect(result.validity.flags.map(({ code }) => code)).toEqual(
		expect.arrayContaining(["sessions_lost", "not_sent"]),
	);
	expect(result.groups[0]!.counts.received).toBeGreaterThan(50);
});

test.concurrent("--repeat writes each run of the series to its own file", { timeout: 40_000 }, async () => {
	const out = join(folder, "series.json");
	const args = [
		"--repeat",
		"2",
		"--clients",
		"2",
		"--duration",
		"1",
		"--transports",
		"websocket",
		"--quiet",
		"--json",
	];
	const { stdout, stderr } = await runSwarmCommand(echo.url, ...args, "--out", out);
	expect(stderr).toBe("");
	const runs = await Promise.all(
		["series-1.json", "series-2.json"].map((name) => loadResult(join(folder, name))),
	);
	expect(runs.map(({ series }) => [series.index, series.of])).toEqual([
		[1, 2],
		[2, 2],
	]);
	expect(runs[0]!.series.id).toBe(runs[1]!.series.id);
	expect(runs[0]!.id).not.toBe(runs[1]!.id);
	expect(runs.map(({ plan }) => plan.seed)).toEqual([1, 2]);
	expect(JSON.parse(stdout.trim().split("\n")[1]!).id).toBe(runs[1]!.id);
});

test.concurrent("a reader that closes the pipe early loses the output, but not the result or the exit code", async () => {
	const out = join(folder, "piped.json");
	const args = [echo.url, "--clients", "2", "--rate", "10", "--duration", "1", "--transports", "websocket"];
	const child = spawn(process.execPath, ["loadtest/cli.ts", "swarm", ...args, "--json", "--out", out], {
		cwd: PROJECT,
		stdio: ["ignore", "pipe", "pipe"],
	});
	child.stdout.destroy();
	const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
	expect(stderr).toMatch(
		/^plan: 2 sessions in 1 load group \(websocket target\), .*\nplan: 15 messages of 100 bytes/,
	);
	expect(stderr).toMatch(/\nresult: .*piped\.json\n$/);
	const result = await loadResult(out);
	expect(result.groups[0]!.counts.received).toBe(10);
	// The run may be invalid where many tests share the machine.
	expect(code).toBe(exitCodeOf(verdictOf(result)));
});
