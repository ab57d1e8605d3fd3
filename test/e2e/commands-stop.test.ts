/** SIGINT and SIGTERM: exit code 130, nothing said, no process left. Every phase by every way: test/long. */
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { startNode } from "../../origin/cluster/node.ts";
import { planCluster } from "../../origin/cluster/plan.ts";
import { heard } from "../support/behaviour/clients.ts";
import { type Command, nodeRun, npmRun } from "../support/commands/command.ts";
import { EDGE, expectInterrupted, START, WAYS } from "../support/commands/interruption.ts";

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

test.each([
	["SIGTERM to npm start", START, "ready", SIGTERM],
	["SIGTERM to npm run edge", EDGE, "edge ready", SIGTERM],
	["Ctrl-C to npm start", START, "ready", ctrlC],
] as const)("a second %s ends it at once and leaves nothing", async (_, [script, ...flags], ready, send) => {
	await using command = nodeRun(script, ...flags);
	await command.line(ready);
	send(command);
	// A signal that is pending already is not sent again: the second one waits until the first was taken.
	const second = setInterval(() => send(command), 5);
	expectInterrupted(await command.ended().finally(() => clearInterval(second)));
});

test("an impatient second SIGTERM does not leave a workerd that still waits for its clients", async () => {
	const node = await startNode(planCluster({ nodes: 1, port: 0 }).nodes[0]!);
	const flags = "--https-port 0 --http-port 0 --json --node";
	await using command = nodeRun(EDGE[0], ...flags.split(" "), `n1=http://127.0.0.1:${node.port}`);
	const { https } = JSON.parse(await command.line("{"));
	const options = { transports: ["websocket"], reconnection: false, rejectUnauthorized: false };
	const client = io(https, options);
	try {
		await heard(client, "connect");
		SIGTERM(command);
		const second = setInterval(() => SIGTERM(command), 5);
		const { code, stderr } = await command.ended().finally(() => clearInterval(second));
		// The request log is all that may stand there.
		expect(code).toBe(130);
		expect(stderr).not.toMatch(/^ {4}at |^error/m);
	} finally {
		client.disconnect();
		await node.stop();
	}
});
