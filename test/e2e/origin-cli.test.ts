import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isAlive, runOrigin, startOrigin } from "../support/origin/command.ts";

test.each([
	[["--bogus"], /unknown option '--bogus'/],
	[["--nodes", "0"], /'--nodes <count>' argument '0' is invalid\. Give a whole number from 1 to 64/],
	[["--port", "70000"], /argument '70000' is invalid/],
	[["--key", "k.pem"], /--key k\.pem needs --cert; give both/],
	[["--port", "65534"], /--port 65534 with 3 nodes goes beyond port 65535/],
	[["--drain-wait", "soon"], /argument 'soon' is invalid\. Give seconds/],
])("%j fails with exit code 2 and one line that names the flag", async (args, message) => {
	const { code, stdout, stderr } = await runOrigin(args);
	expect(stderr).toMatch(message);
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect([code, stdout]).toEqual([2, ""]);
});

test("an invalid secret in the environment is reported without being shown", async () => {
	const { code, stderr } = await runOrigin([], { ORIGIN_EDGE_SECRETS: "hush" });
	expect(stderr).toBe("error: ORIGIN_EDGE_SECRETS: secret 1 has 4 characters; use at least 16\n");
	expect(code).toBe(2);
});

test("a port in use ends the command with exit code 1 and one line that names the flag and the port", async () => {
	const holder = createServer().listen(0, "127.0.0.1");
	await once(holder, "listening");
	const { port } = holder.address() as { port: number };
	const { code, stdout, stderr } = await runOrigin([
		"--nodes",
		"1",
		"--port",
		String(port),
		"--policy-port",
		"0",
	]);
	holder.close();
	expect(stderr).toBe(
		`error: node n1: --port ${port}: the port is in use on 127.0.0.1; stop what listens there, or give another port (0 = any free one)\n`,
	);
	expect([code, stdout]).toEqual([1, ""]);
});

test("roll without a running cluster fails with exit code 1 and names the socket and the fix", async () => {
	const { code, stderr } = await runOrigin(["roll", "--port", "1"]);
	expect(stderr).toMatch(
		/^error: no cluster answers at .*origin-1.*; start one in this folder with npm run origin -- --port 1/,
	);
	expect(code).toBe(1);
});

test.each(["SIGINT", "SIGTERM"] as const)(
	"%s stops the cluster with exit code 130 and leaves no process running",
	async (signal) => {
		await using origin = await startOrigin(["--nodes", "2"]);
		expect(await origin.stop(signal)).toBe(130);
		expect(origin.ready.nodes.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
	},
);

test("after SIGKILL to the command no node keeps running", async () => {
	await using origin = await startOrigin(["--nodes", "2"]);
	// The nodes share the command's stderr: it closes when the last of them has exited.
	const closed = once(origin.child.stderr!, "close");
	await origin.stop("SIGKILL");
	await closed;
	expect(origin.ready.nodes.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
});
