import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { startOrigin } from "../support/origin/command.ts";

test("a node that cannot start again is given up loudly, and a cluster without nodes ends with exit code 1", async () => {
	await using origin = await startOrigin(["--nodes", "1"]);
	const [node] = origin.ready.nodes;
	process.kill(node!.pid, "SIGKILL");
	expect(await origin.warning()).toBe("warning: node n1 ended (SIGKILL): started again in 250 ms");
	const blocker = createServer();
	blocker.listen(Number(new URL(node!.url).port), "127.0.0.1");
	await once(blocker, "listening");
	const exited = once(origin.child, "exit");
	const said: string[] = [];
	for (let i = 0; i < 6; i++) said.push(await origin.warning());
	const inUse = expect.stringMatching(/^warning: node n1 ended \(node n1: --port \d+: the port is in use/);
	expect(said.slice(0, 4)).toEqual(Array(4).fill(inUse));
	expect(said[4]).toMatch(/^error: node n1 ended again .* 6 times by now: given up/);
	expect(said[5]).toBe("error: the cluster's primary process ended (exit 1)");
	expect(await exited).toEqual([1, null]);
	blocker.close();
}, 60_000);
