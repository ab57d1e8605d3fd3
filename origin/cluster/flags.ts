/** The flags of `npm run origin`, and what they mean for a cluster. */
import { type Command, InvalidArgumentError } from "commander";
import { newCommand, port, UsageError, wholeNumber } from "../../worker/command-line/command.ts";
import { readSecrets } from "../node/auth.ts";
import { DRAIN_PLAN } from "../node/drain.ts";
import type { ClusterOptions } from "./cluster.ts";

/** Port of the first node unless told. */
export const DEFAULT_PORT = 3001;

/** The flags as commander gives them. */
export interface Flags {
	readonly nodes: number;
	readonly port: number;
	readonly host: string;
	readonly policyPort: number;
	readonly tlsPort?: number;
	readonly cert?: string;
	readonly key?: string;
	readonly limit: number;
	readonly redis?: string;
	readonly drainWait: number;
	readonly drainRate: number;
	readonly drainDeadline: number;
	readonly json?: boolean;
}

/** The command with its flags, without an action. */
export function originCommand(): Command {
	return (
		newCommand("origin", "Starts a cluster of Socket.IO nodes, one process and one port each.")
			// Else "roll --port" would be taken for the cluster's own flag.
			.enablePositionalOptions()
			.option("--nodes <count>", "how many nodes", wholeNumber(1, 64), 3)
			.option(
				"--port <port>",
				"port of the first node, the next ones follow; 0 = any free",
				port,
				DEFAULT_PORT,
			)
			.option("--host <address>", "address to listen on", "127.0.0.1")
			.option("--policy-port <port>", "port of the Flash policy server; 0 = any free", port, 10843)
			.option("--cert <file>", "certificate (PEM) for a TLS port of each node")
			.option("--key <file>", "its private key (PEM)")
			.option("--tls-port <port>", "TLS port of the first node (default: after the plain ones)", port)
			.option(
				"--limit <sessions>",
				"the most sessions of each node; 0 = no cap",
				wholeNumber(0, 1_000_000),
				0,
			)
			.option("--redis <url>", "Redis between the nodes: clients recover what they missed")
			.option(
				"--drain-wait <s>",
				"from the first refusal to the first close",
				seconds,
				DRAIN_PLAN.wait / 1_000,
			)
			.option("--drain-rate <n>", "sessions closed per second", wholeNumber(1, 100_000), DRAIN_PLAN.rate)
			.option("--drain-deadline <s>", "patience with the last ones", seconds, DRAIN_PLAN.deadline / 1_000)
			.option("--json", "say ready as JSON")
			.addHelpText("after", "\nORIGIN_EDGE_SECRETS=one,two  only an edge that sends one of them is served")
	);
}

/** The cluster that the flags and the secrets of the environment ask for. Throws a `UsageError`. */
export function clusterOptions(flags: Flags, secretList: string): ClusterOptions {
	const { nodes, port, host, policyPort, limit, redis } = flags;
	const secrets = readSecrets(secretList);
	if (typeof secrets === "string") throw new UsageError(`ORIGIN_EDGE_SECRETS: ${secrets}`);
	const drain = {
		wait: flags.drainWait * 1_000,
		rate: flags.drainRate,
		deadline: flags.drainDeadline * 1_000,
	};
	return { nodes, port, host, policyPort, tls: tlsOf(flags), limit, secrets, drain, redis, control: true };
}

function tlsOf({ cert, key, tlsPort }: Flags): ClusterOptions["tls"] {
	if (cert !== undefined && key !== undefined)
		return { certFile: cert, keyFile: key, ...(tlsPort === undefined ? {} : { port: tlsPort }) };
	if (cert !== undefined) throw new UsageError(`--cert ${cert} needs --key: give both`);
	if (key !== undefined) throw new UsageError(`--key ${key} needs --cert: give both`);
	if (tlsPort !== undefined) throw new UsageError(`--tls-port ${tlsPort} needs --cert and --key`);
	return undefined;
}

function seconds(text: string): number {
	const value = Number(text);
	if (!/^\d+(\.\d+)?$/.test(text) || value > 3_600)
		throw new InvalidArgumentError("Give seconds, from 0 to 3600.");
	return value;
}
