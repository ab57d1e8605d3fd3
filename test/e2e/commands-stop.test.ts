/** SIGINT and SIGTERM: the command exits with code 130, prints nothing, and leaves no process. test/long covers interruption during start, and the demo. */
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { startNode } from "../../origin/cluster/node.ts";
import { planCluster } from "../../origin/cluster/plan.ts";
import { nextEvent } from "../support/behaviour/clients.ts";
import { type Command, nodeRun, npmRun } from "../support/commands/command.ts";
import { EDGE, expectInterrupted, START, WAYS } from "../support/commands/interruption.ts";

const { SIGTERM, "Ctrl-C": ctrlC } = WAYS;

test.each([
	["SIGTERM", SIGTERM],
	["Ctrl-C", ctrlC],
])("npm start stops the cluster and the edge on %s", async (_, send) => {
	await using command = nodeRun(...START);
	await command.line("ready");
	const parts = ["primary.ts", "node-process.ts", "workerd serve"];
	for (const part of parts) expect(command.processes().join("\n")).toContain(part);
	send(command);
	expectInterrupted(await command.ended());
});

test.each(Object.entries(WAYS))("npm run edge stops workerd on %s", async (_, send) => {
	await using command = nodeRun(...EDGE);
	await command.line("edge ready");
	expect(command.processes().join("\n")).toContain("workerd serve");
	send(command);
	expectInterrupted(await command.ended());
});

test.each([
	["start", START, "ready"],
	["edge", EDGE, "edge ready"],
] as const)("npm run %s leaves no process when only npm is killed", async (name, [, ...flags], ready) => {
	await using command = npmRun(name, ...flags);
	await command.line(ready);
	SIGTERM(command);
	const { code, stderr } = await command.ended();
	// npm dies of the signal, and the command notices the loss of its parent.
	expect({ code, stderr }).toEqual({ code: 143, stderr: "" });
});

test("npm passes on the exit code after Ctrl-C", async () => {
	await using command: Command = npmRun("edge", ...EDGE.slice(1));
	await command.line("edge ready");
	ctrlC(command);
	expectInterrupted(await command.ended());
});

test.each([
	["SIGTERM to npm start", START, "ready", SIGTERM],
	["SIGTERM to npm run edge", EDGE, "edge ready", SIGTERM],
	["Ctrl-C to npm start", START, "ready", ctrlC],
] as const)(
	"a second %s ends the command at once and leaves no process",
	async (_, [script, ...flags], ready, send) => {
		await using command = nodeRun(script, ...flags);
		await command.line(ready);
		send(command);
		// The system drops a signal that is still pending, so it is repeated until the second one arrives.
		const second = setInterval(() => send(command), 5);
		expectInterrupted(await command.ended().finally(() => clearInterval(second)));
	},
);

test("a second SIGTERM also ends a workerd that waits for its clients", async () => {
	const node = await startNode(planCluster({ nodes: 1, port: 0 }).nodes[0]!);
	const flags = "--https-port 0 --http-port 0 --json --node";
	await using command = nodeRun(EDGE[0], ...flags.split(" "), `n1=http://127.0.0.1:${node.port}`);
	const { https } = JSON.parse(await command.line("{"));
	const options = { transports: ["websocket"], reconnection: false, rejectUnauthorized: false };
	const client = io(https, options);
	try {
		await nextEvent(client, "connect");
		SIGTERM(command);
		const second = setInterval(() => SIGTERM(command), 5);
		const { code, stderr } = await command.ended().finally(() => clearInterval(second));
		// Only the request log may be printed.
		expect(code).toBe(130);
		expect(stderr).not.toMatch(/^ {4}at |^error/m);
	} finally {
		client.disconnect();
		await node.stop();
	}
});
