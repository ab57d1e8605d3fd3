/** `npm run k6` as a person runs it: a process, its output, its result file, and k6's own samples. */
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

/** On a person's machine without k6 its tests are skipped by name; in CI they fail. */
export const skipWithoutK6 = await findK6().then(
	() => false,
	() => !process.env["CI"],
);

/** What a run left. */
export interface K6Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** null when none was written. */
	readonly result: Result | null;
	/** k6's own samples, JSON lines. */
	readonly samples: string;
	/** The pid of the command, which is not k6's. */
	readonly pid: number;
}

export interface K6RunOptions {
	readonly env?: Readonly<Record<string, string>>;
	/** Called with the running command once k6 says what it is about to do. */
	readonly begun?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** The machine is shared with the whole test run: how late k6 is there says nothing about its scripts. */
const PATIENT = { SIO_LOOP_LAG_P95_MS: "1000", SIO_ACK_P95_MS: "5000" };

/** Runs `npm run k6 -- …` to its end. */
export async function runK6Command(argv: readonly string[], options: K6RunOptions = {}): Promise<K6Outcome> {
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-k6-test-"));
	const [out, samples] = [join(folder, "result.json"), join(folder, "samples.json")];
	try {
		const child = spawn(process.execPath, [CLI, "k6", ...argv, "--out", out, "--samples", samples], {
			env: { ...process.env, ...PATIENT, ...options.env },
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
			pid: child.pid!,
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
