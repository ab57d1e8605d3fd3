/** The load test's commands by name: `node loadtest/cli.ts swarm …`. Each is loaded when it is called. */
import { EXIT, runCommand, UsageError } from "../worker/command-line/command.ts";
import type { MakeReporter } from "./record/save.ts";

type Run = (argv: string[], stop: AbortSignal) => Promise<number>;

const makeReporter: MakeReporter = async (budgetFile, groups, steps) =>
	(await import("./report/reporter.ts")).makeReporter(budgetFile, groups, steps);

const COMMANDS: Readonly<Record<string, () => Promise<Run>>> = {
	swarm: async () => {
		const { swarmCommand } = await import("./clients/run/command.ts");
		return (argv, stop) => swarmCommand(argv, stop, makeReporter);
	},
	report: async () => (await import("./report/command.ts")).reportCommand,
	compare: async () => (await import("./compare/command.ts")).compareCommand,
	k6: async () => {
		const { k6Command } = await import("./k6/command.ts");
		return (argv, stop) => k6Command(argv, stop, makeReporter);
	},
};

/**
 * A reader such as `head` may close the pipe before all is written: the command goes on, because it has a result file
 * to write and an exit code to give. What cannot be written for another reason, such as a full disk, ends it.
 */
for (const stream of [process.stdout, process.stderr])
	stream.on("error", ({ code }: NodeJS.ErrnoException) => {
		if (code === "EPIPE") return;
		process.stderr.write(`error: the output cannot be written (${code}); give a file with room, or --out.\n`);
		process.exit(EXIT.failed);
	});

await runCommand(async (stop) => {
	const [name = "", ...argv] = process.argv.slice(2);
	const load = COMMANDS[name];
	if (load === undefined)
		throw new UsageError(`Unknown command "${name}"; use one of: ${Object.keys(COMMANDS).join(", ")}`);
	return (await load())(argv, stop);
});
