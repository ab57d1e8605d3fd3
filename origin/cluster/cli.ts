/** `npm run origin` starts a cluster without an edge; `npm run origin -- roll` replaces the nodes of a running one. */
import { aborted, EXIT, newCommand, port, runCommand } from "../../worker/command-line/command.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { requestRoll } from "./control.ts";
import { clusterOptions, DEFAULT_PORT, type Flags, originCommand } from "./flags.ts";

await runCommand(async (stop) => {
	let exitCode: number = EXIT.ok;
	const command = originCommand().action(async (flags: Flags) => {
		exitCode = await serve(flags, stop);
	});
	command.addCommand(
		newCommand("roll", "Replaces the nodes of a running cluster, one after another, on the same ports.")
			.option("--port <port>", "port of the cluster's first node", port, DEFAULT_PORT)
			.action(async (flags: { port: number }) => {
				exitCode = await roll(flags.port, stop);
			}),
	);
	await command.parseAsync();
	return exitCode;
});

async function serve(flags: Flags, stop: AbortSignal): Promise<number> {
	await using cluster = await startCluster(clusterOptions(flags, process.env["ORIGIN_EDGE_SECRETS"] ?? ""));
	process.stdout.write(`${flags.json ? asJson(cluster) : asText(cluster)}\n`);
	const failure = await Promise.race([aborted(stop), cluster.failed]);
	if (failure) throw failure;
	return EXIT.interrupted;
}

async function roll(firstPort: number, stop: AbortSignal): Promise<number> {
	for await (const { id, pid } of requestRoll(firstPort, stop))
		process.stdout.write(`${id} replaced, pid ${pid}\n`);
	return EXIT.ok;
}

function asText(cluster: Cluster): string {
	const nodes = cluster.nodes.map(({ id, url, tlsUrl }) => `${id} ${url}${tlsUrl ? ` ${tlsUrl}` : ""}`);
	return `ready: ${nodes.join(", ")}, Flash policy on port ${cluster.policyPort} (Ctrl-C stops)`;
}

function asJson(cluster: Cluster): string {
	return JSON.stringify({ nodes: cluster.nodes, policyPort: cluster.policyPort });
}
