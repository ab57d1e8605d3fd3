/** `npm run report` and `npm run compare` as processes: formats, exit codes, and one-line errors. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { NamedResult } from "../../loadtest/report/readable.ts";
import { drawResult } from "../support/report/results.ts";
import { ABBA, runsAt } from "../support/report/runs.ts";

const folder = mkdtempSync(join(tmpdir(), "report-commands-"));
const CLI = resolve("loadtest/cli.ts");
const websocket = { transports: ["websocket" as const] };
const base = save(runsAt(ABBA.b, "b", websocket));
const slow = save(runsAt(ABBA.a, "a", websocket, 1.6));
const like = save(runsAt(ABBA.a, "l", websocket));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("report prints text on stdout and nothing on stderr, and exits 0", () => {
	const { status, stdout, stderr } = run("report", base[0]!);
	expect([status, stderr]).toEqual([0, ""]);
	expect(stdout.startsWith("Valid: ")).toBe(true);
});

test("report --out writes the file, says so on stderr, leaves stdout empty, and can read its HTML back", () => {
	const page = join(folder, "deep", "page.html");
	const { status, stdout, stderr } = run("report", base[0]!, "--format", "html", "--out", page);
	expect([status, stdout, stderr]).toEqual([0, "", `written: ${page}\n`]);
	expect(run("report", page, "--format", "csv").stdout).toBe(
		run("report", base[0]!, "--format", "csv").stdout,
	);
});

test("report shows an invalid run and exits 3", () => {
	const flag = { code: "x", severity: "invalid", message: "too busy", advice: "less" } as const;
	const [file] = save([{ name: "bad.json", result: drawResult({ flags: [flag] }) }]);
	const { status, stdout } = run("report", file!);
	expect(status).toBe(3);
	expect(stdout.startsWith("INVALID")).toBe(true);
});

test("report exits as the run did: 1 for too great a loss, 130 for a run that was stopped", () => {
	const drawn = drawResult(websocket);
	const lossy = structuredClone(drawn);
	Object.assign(lossy.groups[0]!.counts, { received: 375, lost: 125 });
	const [lost, stopped] = save([
		{ name: "lossy.json", result: lossy },
		{ name: "stopped.json", result: { ...drawn, interrupted: true } },
	]);
	const { status, stdout } = run("report", lost!);
	expect(status).toBe(1);
	expect(stdout.split("\n")[0]).toBe("375 of 500 messages were answered (websocket direct).");
	expect(run("report", lost!, "--format", "junit").stdout).toContain('failures="1"');
	expect(run("report", stopped!).status).toBe(130);
});

test("budgets set the exit code of report: met 0, missed 1, undecided 4, malformed or not measured 2", () => {
	const budget = join(folder, "one.txt");
	const gate = (line: string) => {
		writeFileSync(budget, `${line}\n`);
		return run("report", base[0]!, "--budget", budget);
	};
	expect(gate("p50 edge-added websocket <= 5 ms").status).toBe(0);
	expect(gate("share <= 200 ms edge websocket >= 99 %").status).toBe(0);
	expect(gate("p50 edge websocket <= 0.1 ms").status).toBe(1);
	const undecided = gate("loss edge websocket <= 0.1 %");
	expect(undecided.status).toBe(4);
	expect(undecided.stdout).toMatch(/^Budget undecided: loss edge websocket .*about 3,700 would decide\.\n/);
	expect(gate("p50 edge websocket < 1 ms").status).toBe(2);
	expect(gate("p50 cdn websocket <= 1 ms")).toMatchObject({ status: 2, stdout: "" });
});

test("compare exits 0 for same, 1 for worse, 4 for indicative", () => {
	expect(run("compare", ...like, "--against", ...base, "--primary", "p50 websocket edge")).toMatchObject({
		status: 0,
	});
	expect(run("compare", ...slow, "--against", ...base).status).toBe(1);
	expect(run("compare", slow[0]!, "--against", base[0]!).status).toBe(4);
});

test("a comparison page is read as its new runs and can be compared again", () => {
	const page = join(folder, "comparison.html");
	run("compare", ...slow, "--against", ...base, "--format", "html", "--out", page);
	const again = JSON.parse(run("compare", page, "--against", ...base, "--format", "json").stdout);
	const first = JSON.parse(run("compare", ...slow, "--against", ...base, "--format", "json").stdout);
	expect(again).toEqual(first);
	const refused = run("report", page);
	expect([refused.status, refused.stderr]).toEqual([
		2,
		`error: ${page} holds 5 runs: report shows one run; use npm run compare for several.\n`,
	]);
});

test("a baseline is saved by name and compared with later; the error for a missing one lists the existing ones", () => {
	expect(run("compare", ...base, "--save", "main").stderr).toContain("saved as baseline main");
	const later = JSON.parse(run("compare", ...slow, "--baseline", "main", "--format", "json").stdout);
	expect(later.verdict).toBe("worse");
	const missing = run("compare", ...slow, "--baseline", "release");
	expect([missing.status, missing.stderr]).toEqual([
		2,
		"error: --baseline release does not exist in .baselines; use one of: main.\n",
	]);
});

test("budgets set the exit code: met 0, missed 1, too few runs 4", () => {
	const budget = join(folder, "budgets.txt");
	const gate = (limit: string, files: string[]) => {
		writeFileSync(budget, `p50 edge-added websocket <= ${limit}\n`);
		return run("compare", ...files, "--primary", "p50 websocket edge", "--budget", budget).status;
	};
	expect([gate("5 ms", base), gate("0.1 ms", base), gate("5 ms", base.slice(0, 2))]).toEqual([0, 1, 4]);
});

test("merge combines several results into one and shows it", () => {
	const out = join(folder, "merged.json");
	const { status, stdout } = run("report", "merge", base[0]!, base[1]!, "--out", out);
	expect(status).toBe(0);
	expect(stdout).toMatch(/websocket +edge +20 +3,200/);
	const merged = JSON.parse(readFileSync(out, "utf8"));
	expect(merged.groups[0].metrics.ack.histogram.count).toBe(3200);
});

test("wrong usage is reported in one line on stderr and exits 2", () => {
	const { status, stdout, stderr } = run("compare", base[0]!, "--path", "edge");
	expect([status, stdout, stderr]).toEqual([
		2,
		"",
		"error: --path and --against-path go together: name both paths.\n",
	]);
});

test("an output file that cannot be written is reported in one line and exits 1", () => {
	const { status, stderr } = run("report", base[0]!, "--out", "/proc/none/x.html");
	expect([status, stderr]).toEqual([
		1,
		"error: --out /proc/none/x.html cannot be written (ENOENT); give a file in a folder that you may write to and that has room\n",
	]);
});

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
	return spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: "utf8" });
}

function save(runs: NamedResult[]): string[] {
	return runs.map(({ name, result }) => {
		const file = join(folder, name);
		writeFileSync(file, JSON.stringify(result));
		return file;
	});
}
