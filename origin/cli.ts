/** `npm run origin`: the cluster alone. */
import {
	aborted,
	EXIT,
	newCommand,
	port,
	runCommand,
	UsageError,
	wholeNumber,
} from "../worker/selfhost/command.ts";
import { type Cluster, type ClusterOptions, startCluster } from "./cluster.ts";

interface Flags {
	nodes: number;
	port: number;
	host: string;
	policyPort: number;
	tlsPort?: number;
	cert?: string;
	key?: string;
	json?: boolean;
}

const command = newCommand("origin", "Starts a cluster of Socket.IO nodes, one process and one port each.")
	.option("--nodes <count>", "how many nodes", wholeNumber(1, 64), 3)
	.option("--port <port>", "port of the first node, the next ones follow; 0 = any free ones", port, 3001)
	.option("--host <address>", "address to listen on", "127.0.0.1")
	.option("--policy-port <port>", "port of the Flash policy server; 0 = any free one", port, 10843)
	.option("--cert <file>", "certificate (PEM) for a TLS port of each node")
	.option("--key <file>", "its private key (PEM)")
	.option("--tls-port <port>", "TLS port of the first node (default: after the plain ones)", port)
	.option("--json", "say ready as JSON");

await runCommand(async (stop) => {
	command.parse();
	const flags = command.opts<Flags>();
	await using cluster = await startCluster(clusterOptions(flags));
	process.stdout.write(`${flags.json ? asJson(cluster) : asText(cluster)}\n`);
	const failure = await Promise.race([aborted(stop), cluster.failed]);
	if (failure) throw failure;
	return EXIT.interrupted;
});

function clusterOptions(flags: Flags): ClusterOptions {
	const { nodes, port, host, policyPort, cert, key, tlsPort } = flags;
	if ((cert === undefined) !== (key === undefined))
		throw new UsageError(
			`--${cert === undefined ? "cert" : "key"} is missing: give --cert and --key together`,
		);
	if (cert === undefined || key === undefined) {
		if (tlsPort !== undefined) throw new UsageError(`--tls-port ${tlsPort} needs --cert and --key`);
		return { nodes, port, host, policyPort };
	}
	const tls = { certFile: cert, keyFile: key, ...(tlsPort === undefined ? {} : { port: tlsPort }) };
	return { nodes, port, host, policyPort, tls };
}

function asText(cluster: Cluster): string {
	const nodes = cluster.nodes.map(({ id, url, tlsUrl }) => `${id} ${url}${tlsUrl ? ` ${tlsUrl}` : ""}`);
	return `ready: ${nodes.join(", ")}, Flash policy on port ${cluster.policyPort} (Ctrl-C stops)`;
}

function asJson(cluster: Cluster): string {
	return JSON.stringify({ nodes: cluster.nodes, policyPort: cluster.policyPort });
}
