import { once } from "node:events";
import type { Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { requestRoll, serveControl } from "../../../origin/cluster/control.ts";
import type { ClusterNode } from "../../../origin/cluster/messages.ts";
import { CommandError } from "../../../worker/command-line/command.ts";

/** No cluster has a port this high, so the socket is free. */
const PORT = 70_000 + (process.pid % 10_000);
const NODE: ClusterNode = { id: "n1", url: "http://127.0.0.1:3001", tlsUrl: null, pid: 7 };
const NEVER = new AbortController().signal;

let server: Server;
afterEach(() => void server.close());

test("a roll request yields each replaced node", async () => {
	server = await serveControl(PORT, async function* () {
		yield NODE;
		yield { ...NODE, id: "n2" };
	});
	const replaced = [];
	for await (const { id } of requestRoll(PORT, NEVER)) replaced.push(id);
	expect(replaced).toEqual(["n1", "n2"]);
});

test("a failed roll reaches the requester with its message and exit code", async () => {
	// biome-ignore lint/correctness/useYield: it fails before the first node.
	server = await serveControl(PORT, async function* () {
		throw new CommandError("the roll stopped: node n1 did not start", 2);
	});
	const error = await requestRoll(PORT, NEVER)
		.next()
		.catch((reason: unknown) => reason);
	expect(error).toMatchObject({ message: "the roll stopped: node n1 did not start", exitCode: 2 });
});

test("the roll is aborted when the requester stops", async () => {
	const aborted = Promise.withResolvers<void>();
	server = await serveControl(PORT, async function* (stop) {
		yield NODE;
		if (!stop.aborted) await once(stop, "abort");
		aborted.resolve();
	});
	const stop = new AbortController();
	const events = requestRoll(PORT, stop.signal);
	await events.next();
	stop.abort();
	await expect(events.next()).rejects.toThrow("the cluster ended during the roll");
	await aborted.promise;
});
