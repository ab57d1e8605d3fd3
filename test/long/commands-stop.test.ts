/** Every way to interrupt, in every phase. */
import { expect, test } from "vitest";
import { nodeRun } from "../support/commands/command.ts";
import { expectInterrupted, START, WAYS } from "../support/commands/interruption.ts";

const ways = Object.entries(WAYS);
const phases = ["primary.ts", "node-process.ts", "esbuild", "workerd serve"];

test.each(phases.flatMap((part) => ways.map(([way, send]) => ({ part, way, send }))))(
	"npm start, when its $part has just begun, stops half way on $way",
	async ({ part, send }) => {
		await using command = nodeRun(...START);
		await command.runs(part);
		send(command);
		expectInterrupted(await command.ended());
	},
);

test.each(ways)("npm start, running, stops on %s", async (_, send) => {
	await using command = nodeRun(...START);
	await command.line("ready");
	send(command);
	expectInterrupted(await command.ended());
});

test.each(ways)("npm run demo, amid its load, stops without a report on %s", async (_, send) => {
	await using command = nodeRun("loadtest/demo.ts");
	await command.runs("clients/worker.ts");
	send(command);
	const { code, stdout, stderr } = await command.ended();
	expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
	expect(stderr).not.toMatch(/^ {4}at |error/m);
});
