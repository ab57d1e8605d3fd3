/** SIGINT and SIGTERM: exit code 130, nothing said, no process left. Every phase by every way: test/long. */
import { expect, test } from "vitest";
import { type Command, nodeRun, npmRun } from "../support/command.ts";
import { EDGE, expectInterrupted, START, WAYS } from "../support/interruption.ts";

const { SIGINT, SIGTERM, "Ctrl-C": ctrlC } = WAYS;

test.each([
	["SIGTERM", SIGTERM],
	["Ctrl-C", ctrlC],
])("npm start, running, ends cluster and edge on %s", async (_, send) => {
	await using command = nodeRun(...START);
	await command.line("ready");
	const parts = ["primary.ts", "node-process.ts", "workerd serve"];
	for (const part of parts) expect(command.processes().join("\n")).toContain(part);
	send(command);
	expectInterrupted(await command.ended());
});

test.each(Object.entries(WAYS))("npm run edge, running, ends workerd on %s", async (_, send) => {
	await using command = nodeRun(...EDGE);
	await command.line("edge ready");
	expect(command.processes().join("\n")).toContain("workerd serve");
	send(command);
	expectInterrupted(await command.ended());
});

test.each([
	["primary.ts", ctrlC],
	["node-process.ts", SIGTERM],
	["workerd serve", SIGINT],
])("npm start, when its %s has just begun, stops half way", async (part, send) => {
	await using command = nodeRun(...START);
	await command.runs(part);
	send(command);
	expectInterrupted(await command.ended());
});

test("npm run demo, amid its load, stops on Ctrl-C without a report", async () => {
	await using command = nodeRun("loadtest/demo.ts");
	await command.runs("clients/worker.ts");
	ctrlC(command);
	const { code, stdout, stderr } = await command.ended();
	expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
	expect(stderr).not.toMatch(/^ {4}at |error/m);
});

test.each([
	["start", START, "ready"],
	["edge", EDGE, "edge ready"],
] as const)("npm run %s leaves nothing when npm alone is killed", async (name, [, ...flags], ready) => {
	await using command = npmRun(name, ...flags);
	await command.line(ready);
	SIGTERM(command);
	const { code, stderr } = await command.ended();
	// npm dies of the signal; the command sees that it lost its parent.
	expect({ code, stderr }).toEqual({ code: 143, stderr: "" });
});

test("npm passes the exit code of Ctrl-C on", async () => {
	await using command: Command = npmRun("edge", ...EDGE.slice(1));
	await command.line("edge ready");
	ctrlC(command);
	expectInterrupted(await command.ended());
});

test("a second Ctrl-C does not leave processes behind", async () => {
	await using command = nodeRun(...START);
	await command.line("ready");
	ctrlC(command);
	ctrlC(command);
	expectInterrupted(await command.ended());
});
