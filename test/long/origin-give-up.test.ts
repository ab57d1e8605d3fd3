import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { startOrigin } from "../support/origin/command.ts";

test("a node that cannot restart is given up with an error, and a cluster without nodes exits with code 1", async () => {
	await using origin = await startOrigin(["--nodes", "1"]);
	const [node] = origin.ready.nodes;
	process.kill(node!.pid, "SIGKILL");
	expect(await origin.warning()).toBe("warning: node n1 exited (SIGKILL); restarting it in 250 ms");
	const blocker = createServer();
	blocker.listen(Number(new URL(node!.url).port), "127.0.0.1");
	await once(blocker, "listening");
	const exited = once(origin.child, "exit");
	const lines: string[] = [];
	for (let i = 0; i < 6; i++) lines.push(await origin.warning());
	const inUse = expect.stringMatching(/^warning: node n1 exited \(node n1: --port \d+: the port is in use/);
	expect(lines.slice(0, 4)).toEqual(Array(4).fill(inUse));
	expect(lines[4]).toMatch(/^error: node n1 exited .* 6 times within 60 s; it is not restarted/);
	expect(lines[5]).toBe("error: the cluster's primary process exited (exit code 1)");
	expect(await exited).toEqual([1, null]);
	blocker.close();
}, 60_000);
