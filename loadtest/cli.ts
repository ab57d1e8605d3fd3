/** The load test's commands by name: `node loadtest/cli.ts swarm …`. Each is loaded when it is called. */
import { runCommand, UsageError } from "../worker/command-line/command.ts";
import type { MakeReporter } from "./record/save.ts";

type Run = (argv: string[], stop: AbortSignal) => Promise<number>;

const makeReporter: MakeReporter = async (budgetFile, groups) =>
	(await import("./report/reporter.ts")).makeReporter(budgetFile, groups);

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

await runCommand(async (stop) => {
	const [name = "", ...argv] = process.argv.slice(2);
	const load = COMMANDS[name];
	if (load === undefined)
		throw new UsageError(`Unknown command "${name}"; use one of: ${Object.keys(COMMANDS).join(", ")}`);
	return (await load())(argv, stop);
});
