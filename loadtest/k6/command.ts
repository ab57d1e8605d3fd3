/** `npm run k6`: one load run with the real k6, from flags to a result file. */
import { rmSync } from "node:fs";
import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, UsageError } from "../../worker/command-line/command.ts";
import { checkWritable } from "../../worker/command-line/files.ts";
import { defaultFile, deliverResult, type MakeReporter } from "../record/save.ts";
import { exitCodeOf } from "../record/verdict.ts";
import { findK6 } from "./runner/binary.ts";
import { type OutputOptions, type RunOptions, readFlags } from "./runner/flags.ts";
import { isBadConfig, runK6 } from "./runner/process.ts";
import { resultOf } from "./runner/result.ts";
import { Samples } from "./runner/samples.ts";
import { longestRun } from "./script/options.ts";

/** How long k6 may take to load its script, far more than it needs. */
const START_UP_S = 10;

/** Runs the command and returns its exit code. Throws UsageError and CommandError. */
export async function k6Command(
	argv: string[],
	stop: AbortSignal,
	makeReporter: MakeReporter,
): Promise<number> {
	const options = readFlags(argv, process.env);
	const { output, settings } = options;
	const say = (line: string) => {
		if (!output.quiet) process.stderr.write(`${line}\n`);
	};
	const { transport } = settings;
	const groups = [{ transport, path: options.path.name }];
	const reporter = await makeReporter(output.budget ?? undefined, groups, []);
	const k6 = await findK6();
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-k6-"));
	// A second Ctrl-C ends this process at once, so the folder is removed on exit too.
	const removeFolder = () => rmSync(folder, { recursive: true, force: true });
	process.once("exit", removeFolder);
	try {
		const startedAt = new Date().toISOString();
		const out = output.out ?? defaultFile("k6", transport);
		await checkWritable(out);
		const samplesFile = await emptySamplesFile(output.samples, folder);
		say(`k6 v${k6.version}: ${announcement(options)}`);
		const script = fileURLToPath(new URL(`./${transport}.ts`, import.meta.url));
		const env = { ...options.variables, ...certificateAuthority(output) };
		const limit = START_UP_S + longestRun(settings);
		const end = await runK6({ file: k6.file, script, samples: samplesFile, limit, env, say }, stop);
		const samples = await Samples.of(samplesFile, settings.duration);
		const interrupted = stop.aborted;
		const result = resultOf({ options, samples, end, startedAt, k6Version: k6.version, interrupted });
		const verdict = await deliverResult(result, { file: out, json: output.json, reporter, say });
		return isBadConfig(end) ? EXIT.usage : exitCodeOf(verdict);
	} finally {
		removeFolder();
		process.off("exit", removeFolder);
	}
}

/**
 * Empties the file that k6 writes its samples to; it is in `folder` when the samples are not to be kept.
 * Throws a UsageError before the run, because a wrong name found after it would cost the run.
 */
async function emptySamplesFile(samples: string | null, folder: string): Promise<string> {
	const file = samples === null ? join(folder, "samples.json") : resolve(samples);
	try {
		await (await open(file, "w")).close();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(
			`--samples ${file} cannot be written (${code}); give a file in a folder that you may write to.`,
		);
	}
	return file;
}

/** One line on the run that is about to start. */
function announcement({ settings, path }: RunOptions): string {
	const { scenario, transport, clients, rate, duration } = settings;
	const load =
		scenario === "echo"
			? `${clients} sessions, ${rate} messages/s for ${duration} s`
			: `${rate} sessions/s for ${duration} s`;
	return `${scenario} over ${transport} at ${path.urls.join(", ")}: ${load}`;
}

/** On Linux and the BSDs Go reads additional certificate authorities from this variable. */
function certificateAuthority({ ca }: OutputOptions): Record<string, string> {
	return ca === null ? {} : { SSL_CERT_FILE: resolve(ca) };
}
