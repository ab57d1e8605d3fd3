/** `npm run k6`: one load run by the real k6, from flags to a result file. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkWritable } from "../../worker/command-line/files.ts";
import type { Result } from "../record/result.ts";
import { saveResult } from "../record/save.ts";
import { findK6 } from "./runner/binary.ts";
import { exitCodeOf } from "./runner/exit-code.ts";
import { type OutputOptions, type RunOptions, readFlags } from "./runner/flags.ts";
import { runK6 } from "./runner/process.ts";
import { resultOf } from "./runner/result.ts";
import { Samples } from "./runner/samples.ts";
import { samplesFile } from "./runner/samples-file.ts";

/** How a result is shown at the end; the report's own text. */
export type Show = (result: Result) => Promise<string>;

/** Runs the command. Throws UsageError, CommandError; returns the contract's exit code. */
export async function k6Command(argv: string[], stop: AbortSignal, show: Show): Promise<number> {
	const options = readFlags(argv, process.env);
	const { output, settings } = options;
	const say = (line: string) => {
		if (!output.quiet) process.stderr.write(`${line}\n`);
	};
	const k6 = await findK6();
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-k6-"));
	// Also when a second Ctrl-C ends this process at once.
	const clear = () => rmSync(folder, { recursive: true, force: true });
	process.once("exit", clear);
	try {
		const startedAt = new Date().toISOString();
		const out = output.out ?? `reports/k6-${settings.transport}-${startedAt.replace(/[:.]/g, "-")}.json`;
		await checkWritable(out);
		const file = await samplesFile(output.samples, folder);
		say(`k6 v${k6.version}: ${intent(options)}`);
		const script = fileURLToPath(new URL(`./${settings.transport}.ts`, import.meta.url));
		const env = { ...options.variables, ...trusted(output) };
		const { code, cpu } = await runK6({ file: k6.file, script, samples: file, env, say }, stop);
		const samples = await Samples.of(file, settings.duration);
		const interrupted = stop.aborted;
		const result = resultOf({ options, samples, cpu, startedAt, k6Version: k6.version, code, interrupted });
		await deliver(result, out, output, show, say);
		return exitCodeOf(code, interrupted, result.validity.valid);
	} finally {
		clear();
		process.off("exit", clear);
	}
}

/** What is about to happen, in a line. */
function intent({ settings, path }: RunOptions): string {
	const { scenario, transport, clients, rate, duration } = settings;
	const what =
		scenario === "echo"
			? `${clients} sessions, ${rate} messages/s for ${duration} s`
			: `${rate} sessions/s for ${duration} s`;
	return `${scenario} over ${transport} at ${path.urls.join(", ")}: ${what}`;
}

/** Go reads further authorities from this variable on Linux and the BSDs. */
function trusted({ ca }: OutputOptions): Record<string, string> {
	return ca === null ? {} : { SSL_CERT_FILE: resolve(ca) };
}

async function deliver(
	result: Result,
	file: string,
	output: OutputOptions,
	show: Show,
	say: (line: string) => void,
): Promise<void> {
	await saveResult(file, result);
	process.stdout.write(output.json ? `${JSON.stringify(result)}\n` : await show(result));
	say(`result: ${file}`);
}
