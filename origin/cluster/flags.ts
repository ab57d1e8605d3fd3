/** The flags of `npm run origin`, and the cluster options they result in. */
import { type Command, InvalidArgumentError } from "commander";
import { newCommand, port, UsageError, wholeNumber } from "../../worker/command-line/command.ts";
import { readSecrets } from "../node/auth.ts";
import { DEFAULT_DRAIN } from "../node/drain.ts";
import type { ClusterOptions } from "./plan.ts";

/** Default port of the first node. */
export const DEFAULT_PORT = 3001;

/** The flags as commander returns them. */
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
		newCommand("origin", "Starts a cluster of Socket.IO nodes, each with its own process and port.")
			// Otherwise "roll --port" would set the cluster's own flag.
			.enablePositionalOptions()
			.option("--nodes <count>", "number of nodes", wholeNumber(1, 64), 3)
			.option(
				"--port <port>",
				"port of the first node, the others follow; 0 = any free ports",
				port,
				DEFAULT_PORT,
			)
			.option("--host <address>", "address to listen on", "127.0.0.1")
			.option("--policy-port <port>", "port of the Flash policy server; 0 = any free port", port, 10843)
			.option("--cert <file>", "certificate (PEM) for an additional TLS port of each node")
			.option("--key <file>", "its private key (PEM)")
			.option("--tls-port <port>", "TLS port of the first node (default: after the plain ports)", port)
			.option(
				"--limit <sessions>",
				"maximum sessions of each node; 0 = no limit",
				wholeNumber(0, 1_000_000),
				0,
			)
			.option("--redis <url>", "connects the nodes through Redis; clients then recover what they missed")
			.option(
				"--drain-wait <s>",
				"seconds from the first refusal to the first close",
				seconds,
				DEFAULT_DRAIN.wait / 1_000,
			)
			.option("--drain-rate <n>", "sessions closed per second", wholeNumber(1, 100_000), DEFAULT_DRAIN.rate)
			.option(
				"--drain-deadline <s>",
				"seconds until the last sessions are dropped",
				seconds,
				DEFAULT_DRAIN.deadline / 1_000,
			)
			.option("--json", "print the ready line as JSON")
			.addHelpText(
				"after",
				"\nORIGIN_EDGE_SECRETS=one,two  serve only an edge that sends one of these secrets",
			)
	);
}

/** The cluster options for the flags and the secrets of the environment. Throws a `UsageError`. */
export function clusterOptions(flags: Flags, secretList: string): ClusterOptions {
	const { nodes, port, host, policyPort, limit, redis } = flags;
	const secrets = readSecrets(secretList);
	if (typeof secrets === "string") throw new UsageError(`ORIGIN_EDGE_SECRETS: ${secrets}`);
	const drain = {
		wait: flags.drainWait * 1_000,
		rate: flags.drainRate,
		deadline: flags.drainDeadline * 1_000,
	};
	return { nodes, port, host, policyPort, tls: tlsOf(flags), limit, secrets, drain, redis };
}

function tlsOf({ cert, key, tlsPort }: Flags): ClusterOptions["tls"] {
	if (cert !== undefined && key !== undefined)
		return { certFile: cert, keyFile: key, ...(tlsPort === undefined ? {} : { port: tlsPort }) };
	if (cert !== undefined) throw new UsageError(`--cert ${cert} needs --key; give both`);
	if (key !== undefined) throw new UsageError(`--key ${key} needs --cert; give both`);
	if (tlsPort !== undefined)
		throw new UsageError(`--tls-port ${tlsPort} needs --cert and --key; give all three`);
	return undefined;
}

function seconds(text: string): number {
	const value = Number(text);
	if (!/^\d+(\.\d+)?$/.test(text) || value > 3_600)
		throw new InvalidArgumentError("Give seconds, from 0 to 3600.");
	return value;
}
