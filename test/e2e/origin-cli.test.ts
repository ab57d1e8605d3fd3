import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { alive, runOrigin, startOrigin } from "../support/origin/command.ts";

test.each([
	[["--bogus"], /unknown option '--bogus'/],
	[["--nodes", "0"], /'--nodes <count>' argument '0' is invalid\. Give a whole number from 1 to 64/],
	[["--port", "70000"], /argument '70000' is invalid/],
	[["--key", "k.pem"], /--key k\.pem needs --cert: give both/],
	[["--port", "65534"], /--port 65534 with 3 nodes ends above port 65535/],
	[["--drain-wait", "soon"], /argument 'soon' is invalid\. Give seconds/],
])("%j is refused in one line that names it, with exit code 2", async (args, line) => {
	const { code, stdout, stderr } = await runOrigin(args);
	expect(stderr).toMatch(line);
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect([code, stdout]).toEqual([2, ""]);
});

test("a bad secret in the environment is named without being shown", async () => {
	const { code, stderr } = await runOrigin([], { ORIGIN_EDGE_SECRETS: "hush" });
	expect(stderr).toBe("error: ORIGIN_EDGE_SECRETS: secret 1 has 4 characters: give at least 16\n");
	expect(code).toBe(2);
});

test("a port in use is one line that names port and flag, with exit code 1 and no process left", async () => {
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

test("roll without a cluster says where it looked and how to mend it, with exit code 1", async () => {
	const { code, stderr } = await runOrigin(["roll", "--port", "1"]);
	expect(stderr).toMatch(
		/^error: no cluster answers at .*origin-1.*: start one with npm run origin -- --port 1/,
	);
	expect(code).toBe(1);
});

test.each(["SIGINT", "SIGTERM"] as const)(
	"%s ends the cluster with exit code 130 and no process left",
	async (signal) => {
		await using origin = await startOrigin(["--nodes", "2"]);
		expect(await origin.stop(signal)).toBe(130);
		expect(origin.ready.nodes.map(({ pid }) => alive(pid))).toEqual([false, false]);
	},
);

test("a command killed with SIGKILL leaves no node behind", async () => {
	await using origin = await startOrigin(["--nodes", "2"]);
	// The nodes hold the write end of stderr: it ends when the last of them is gone.
	const gone = once(origin.child.stderr!, "close");
	await origin.stop("SIGKILL");
	await gone;
	expect(origin.ready.nodes.map(({ pid }) => alive(pid))).toEqual([false, false]);
});
