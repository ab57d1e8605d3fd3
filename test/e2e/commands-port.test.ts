/** A port in use: the command prints one line with the flag and the port, exits with code 1, and leaves no process. */
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, nodeRun, npmRun, outcome } from "../support/commands/command.ts";

let holder: Server;
let taken = "";

beforeAll(async () => {
	holder = createServer();
	await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
	taken = String((holder.address() as AddressInfo).port);
});
afterAll(() => holder.close());

// One node: the next port may be in use too.
const FREE = {
	start: {
		"--nodes": "1",
		"--https-port": "0",
		"--http-port": "0",
		"--origin-port": "0",
		"--policy-port": "0",
	},
	edge: { "--https-port": "0", "--http-port": "0", "--node": "n1=http://127.0.0.1:1" },
	origin: { "--nodes": "1", "--port": "0", "--policy-port": "0" },
};

test.each([["--https-port"], ["--http-port"], ["--origin-port"], ["--policy-port"]])(
	"npm start reports that the port of %s is in use",
	async (flag) => {
		expectTaken(await outcome(nodeRun("origin/start.ts", ...flags(FREE.start, flag))), flag);
	},
);

test.concurrent.each([["--https-port"], ["--http-port"]])(
	"npm run edge reports that the port of %s is in use",
	async (flag) => {
		expectTaken(await outcome(nodeRun("worker/selfhost/cli.ts", ...flags(FREE.edge, flag))), flag);
	},
);

test.concurrent.each([["--port"], ["--policy-port"]])(
	"npm run origin reports that the port of %s is in use",
	async (flag) => {
		expectTaken(await outcome(nodeRun("origin/cluster/cli.ts", ...flags(FREE.origin, flag))), flag);
	},
);

test.concurrent("npm adds nothing to that line and keeps the exit code", async () => {
	expectTaken(await outcome(npmRun("edge", ...flags(FREE.edge, "--https-port"))), "--https-port");
});

function flags(free: Readonly<Record<string, string>>, flag: string): string[] {
	return Object.entries({ ...free, [flag]: taken }).flat();
}

function expectTaken(ended: Ended, flag: string): void {
	expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
	expect(ended.stderr).toContain(flag);
	expect(ended.stderr).toContain(taken);
	expect(ended.stderr).toContain("in use");
	expect(ended.code).toBe(1);
}
