/** `npm start`: a cluster with the edge in front, left running, and a page at `/` to try it. */
import { aborted, EXIT, newCommand, port, runCommand, wholeNumber } from "../worker/command-line/command.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";

type Flags = Pick<
	StackOptions,
	"nodes" | "host" | "httpsPort" | "httpPort" | "originPort" | "policyPort" | "token" | "redis"
> & { readonly json: boolean };

const command = newCommand(
	"npm start --",
	"A cluster of Socket.IO nodes with the edge in front, on this machine.",
)
	.option("--nodes <count>", "number of nodes", wholeNumber(1, 50), 3)
	.option("--host <address>", "address to listen on", "127.0.0.1")
	.option("--https-port <port>", "the edge's https port; 0 = any free port", port, 8443)
	.option(
		"--http-port <port>",
		"the edge's http port, which redirects to https; 0 = any free port",
		port,
		8080,
	)
	.option("--origin-port <port>", "port of the first node, the others follow; 0 = any free ports", port, 3001)
	.option("--policy-port <port>", "port of the Flash policy server; 0 = any free port", port, 10843)
	.option(
		"--token <secret>",
		"token for /__edge/ (or set EDGE_TOKEN); random by default",
		process.env["EDGE_TOKEN"] ?? "",
	)
	.option(
		"--redis <url>",
		"connects the nodes through Redis, such as redis://127.0.0.1:6379; default: the built-in adapter",
		"",
	)
	.option("--json", "print the ready line as JSON", false);

await runCommand(async (stop) => {
	command.parse();
	const flags = command.opts<Flags>();
	await using stack = await startStack({ ...flags, log: (line) => process.stderr.write(`${line}\n`) }, stop);
	process.stdout.write(`${flags.json ? asJson(stack) : asText(stack)}\n`);
	const failure = await Promise.race([aborted(stop), stack.failed]);
	if (failure) throw failure;
	return EXIT.interrupted;
});

function asText(stack: Stack): string {
	const nodes = stack.cluster.nodes.map(({ id, url }) => `${id} ${url}`).join(", ");
	return `ready: open ${stack.https}/ (nodes: ${nodes}; statistics: ${stack.stats} with token ${stack.token}; Ctrl-C stops)`;
}

function asJson(stack: Stack): string {
	return JSON.stringify({
		https: stack.https,
		http: stack.http,
		nodes: stack.cluster.nodes,
		policyPort: stack.policyPort,
		stats: stack.stats,
		token: stack.token,
	});
}
