/** Runs `npm run k6` as a process and collects its output, its result file, and k6's own samples. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { findK6 } from "../../../loadtest/k6/runner/binary.ts";
import { parseResult } from "../../../loadtest/record/load.ts";
import type { Result } from "../../../loadtest/record/result.ts";

const CLI = fileURLToPath(new URL("../../../loadtest/cli.ts", import.meta.url));

/** Without k6 these tests are skipped by name on a developer's machine, and fail in CI. */
export const skipWithoutK6 = await findK6().then(
	() => false,
	() => !process.env["CI"],
);

/** Everything that a run produced. */
export interface K6RunOutput {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** null when no result was written. */
	readonly result: Result | null;
	/** k6's own samples, JSON lines. */
	readonly samples: string;
}

export interface K6RunOptions {
	readonly env?: Readonly<Record<string, string>>;
	/** Called once the command has announced its run, with a function that signals it. */
	readonly begun?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `npm run k6 -- …` to its end. */
export async function runK6Command(
	argv: readonly string[],
	options: K6RunOptions = {},
): Promise<K6RunOutput> {
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-k6-test-"));
	const [out, samples] = [join(folder, "result.json"), join(folder, "samples.json")];
	try {
		const child = spawn(process.execPath, [CLI, "k6", ...argv, "--out", out, "--samples", samples], {
			env: { ...process.env, ...options.env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		if (options.begun) child.stderr.once("data", () => options.begun?.((signal) => child.kill(signal)));
		const [[code], stdout, stderr] = await Promise.all([
			once(child, "exit"),
			text(child.stdout),
			text(child.stderr),
		]);
		const result = await read(out);
		return {
			code,
			stdout,
			stderr,
			result: result === null ? null : parseResult(result, out),
			samples: (await read(samples)) ?? "",
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function read(file: string): Promise<string | null> {
	try {
		return await readFile(file, "utf8");
	} catch {
		return null;
	}
}
