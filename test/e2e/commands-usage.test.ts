/** Invalid command lines: the command prints one line that names the flag and the fix, exits with code 2, and starts nothing. */
import { expect, test } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { type Command, type Ended, nodeRun, npmRun, outcome } from "../support/commands/command.ts";

const EDGE = "worker/selfhost/cli.ts";
const SCRIPTS = {
	demo: "loadtest/demo.ts",
	start: "origin/start.ts",
	edge: EDGE,
	origin: "origin/cluster/cli.ts",
	swarm: "loadtest/cli.ts swarm",
	report: "loadtest/cli.ts report",
	compare: "loadtest/cli.ts compare",
	k6: "loadtest/cli.ts k6",
};

test.concurrent.each(Object.entries(SCRIPTS))("npm run %s reports an unknown flag", async (_, script) => {
	expectUsage(await outcome(nodeRun(script, "--bogus", "7")), "unknown option '--bogus'");
});

test.concurrent.each(["demo", "edge", "swarm"])(
	"npm passes on the flag and the exit code of npm run %s",
	async (name) => {
		expectUsage(await outcome(npmRun(name, "--bogus")), "'--bogus'");
	},
);

test.concurrent("an argument that is not a flag is reported", async () => {
	expectUsage(await outcome(edge("--node n1=http://127.0.0.1:1 extra")), "too many arguments");
});

test.concurrent.each([
	["--https-port", "80000"],
	["--http-port", "-1"],
	["--https-port", "8443x"],
	["--stickiness", "glue"],
])("%s %s is reported with the allowed values", async (flag, value) => {
	const { stderr } = expectUsage(await outcome(nodeRun(EDGE, `${flag}=${value}`)), flag);
	expect(stderr).toContain(`'${value}' is invalid`);
	expect(stderr).toMatch(/from 0 to 65535|Allowed choices are sid, rewrite, cookie, source/);
});

test.concurrent.each([
	["n1", "write id=url"],
	["=http://127.0.0.1:3001", "write id=url"],
	["n1=", "write id=url"],
	["n1=127.0.0.1:3001", "write id=url"],
	["n1=http://127.0.0.1:99999", "write id=url"],
	["n1=ftp://127.0.0.1:3001", "write id=url"],
	["no.slash/es=http://127.0.0.1:3001", "write id=url"],
	["n1=http://127.0.0.1:3001/path", "as n1=http://127.0.0.1:3001"],
	["n1=http://127.0.0.1:3001?query", "as n1=http://127.0.0.1:3001"],
])("a malformed --node %s is reported with the fix", async (node, fix) => {
	const { stderr } = expectUsage(await outcome(nodeRun(EDGE, "--node", node)), `--node ${node}: `);
	expect(stderr).toContain(fix);
});

test.concurrent("a node's password is not printed", async () => {
	const { stderr } = expectUsage(await outcome(edge("--node n1=http://me:secret@127.0.0.1:1")), "--node n1=");
	expect(stderr).toContain("user name or password");
	expect(stderr).not.toContain("secret");
});

test.concurrent("npm run edge without nodes is reported with the fix", async () => {
	expectUsage(await outcome(edge("")), "give --node n1=http://127.0.0.1:3001");
});

test.concurrent("two nodes with the same id are refused", async () => {
	const nodes = "--node n1=http://127.0.0.1:1 --node n1=http://127.0.0.1:2";
	expectUsage(await outcome(edge(nodes)), "--node n1=http://127.0.0.1:2: the id n1 occurs twice");
});

test.concurrent("two nodes whose ids have the same tag are refused, and the message names both", async () => {
	const [first, second] = idsWithEqualTags();
	const nodes = `--node ${first}=http://127.0.0.1:1 --node ${second}=http://127.0.0.1:2`;
	const { stderr } = expectUsage(await outcome(edge(nodes)), `--node ${second}=http://127.0.0.1:2: `);
	expect(stderr).toMatch(
		new RegExp(`the ids \\S+ and ${first} have the same tag ${tagOf(first)}; change one of them`),
	);
});

test.concurrent("the same port for https and http is refused", async () => {
	const ports = "--https-port 39443 --http-port 39443";
	expectUsage(await outcome(edge(`--node n1=http://127.0.0.1:1 ${ports}`)), "--http-port 39443: ");
});

test.concurrent.each([
	["--nodes", "0"],
	["--nodes", "three"],
	["--origin-port", "70000"],
])("npm start with %s %s reports the allowed range", async (flag, value) => {
	const { stderr } = expectUsage(await outcome(nodeRun(SCRIPTS.start, flag, value)), flag);
	expect(stderr).toMatch(/Give a whole number from \d+ to \d+/);
});

function edge(args: string): Command {
	return nodeRun(EDGE, ...args.split(" ").filter((arg) => arg !== ""));
}

function expectUsage(ended: Ended, named: string): Ended {
	expect(ended.stderr).toContain(named);
	expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
	expect(ended.code).toBe(2);
	return ended;
}

/** Two ids with the same tag. There are 2^18 tags, so among some hundred ids there is such a pair. */
function idsWithEqualTags(): [string, string] {
	const byTag = new Map<string, string>();
	for (let number = 1; ; number++) {
		const id = `n${number}`;
		const other = byTag.get(tagOf(id));
		if (other !== undefined) return [other, id];
		byTag.set(tagOf(id), id);
	}
}
