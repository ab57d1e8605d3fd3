/** Every signal in every phase. */
import { expect, test } from "vitest";
import { nodeRun } from "../support/commands/command.ts";
import { expectInterrupted, START, WAYS } from "../support/commands/interruption.ts";

const ways = Object.entries(WAYS);
const phases = ["primary.ts", "node-process.ts", "esbuild", "workerd serve"];

test.each(phases.flatMap((part) => ways.map(([way, send]) => ({ part, way, send }))))(
	"npm start stops completely on $way as soon as $part runs",
	async ({ part, send }) => {
		await using command = nodeRun(...START);
		await command.untilRuns(part);
		send(command);
		expectInterrupted(await command.ended());
	},
);

test.each(ways)("npm start stops on %s while it runs", async (_, send) => {
	await using command = nodeRun(...START);
	await command.line("ready");
	send(command);
	expectInterrupted(await command.ended());
});

test.each(ways)("npm run demo stops on %s during its load, without a report", async (_, send) => {
	await using command = nodeRun("loadtest/demo.ts");
	await command.untilRuns("clients/worker/worker.ts");
	send(command);
	const { code, stdout, stderr } = await command.ended();
	expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
	expect(stderr).not.toMatch(/^ {4}at |error/m);
});
