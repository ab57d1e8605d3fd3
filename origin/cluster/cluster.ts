/** A cluster as others hold it: started, described, stopped. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandError, EXIT, UsageError } from "../../worker/command-line/command.ts";
import { DRAIN_PLAN, type DrainPlan } from "../node/drain.ts";
import { nameOf } from "../node/redis-url.ts";
import type { ClusterNode, ClusterPlan, Failure, FromPrimary, NodeOptions, ToPrimary } from "./messages.ts";

export type { ClusterNode } from "./messages.ts";

/** What to start. Ports: node i listens on `port + i`, with TLS on `tls.port + i`; 0 = any free ones. */
export interface ClusterOptions {
	readonly nodes: number;
	readonly port: number;
	/** @default "127.0.0.1" */
	readonly host?: string | undefined;
	/** The direct path over TLS. `port` is `port + nodes` unless given. @default none */
	readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly port?: number } | undefined;
	/** The Flash policy server; 0 = any free port. @default none */
	readonly policyPort?: number | undefined;
	/** The most sessions of each node; 0 = no cap. @default 0 */
	readonly limit?: number | undefined;
	/** Secrets the edge may send; with any set, only the edge is served. @default none */
	readonly secrets?: readonly string[] | undefined;
	/** @default `DRAIN_PLAN` */
	readonly drain?: Partial<DrainPlan> | undefined;
	/** URL of a Redis between the nodes (Redis Streams, clients recover what they missed). @default the embedded adapter */
	readonly redis?: string | undefined;
	/** Whether `npm run origin -- roll` in the same folder may reach it. @default false */
	readonly control?: boolean | undefined;
}

/** Nodes that run. `nodes` is live: a node that was restarted has a new pid in it. */
export interface Cluster extends AsyncDisposable {
	readonly nodes: readonly ClusterNode[];
	readonly policyPort: number | null;
	/** Resolves when the cluster ended by itself, with the reason; never rejects. */
	readonly failed: Promise<CommandError>;
	/** Replaces all nodes, one after another, on the same ports. Throws a `CommandError`. */
	roll(): Promise<void>;
	/** Ends every process; safe to call twice. */
	stop(): Promise<void>;
}

const PRIMARY = fileURLToPath(new URL("./primary.ts", import.meta.url));

/** Starts the nodes and resolves when all listen. Throws a `CommandError` in one line that names the flag. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const plan = planCluster(options);
	// execArgv and stdin of the caller (a test runner, a debugger) are not for the nodes; stdout carries results only.
	const primary = fork(PRIMARY, [], { execArgv: [], stdio: ["ignore", 2, 2, "ipc"] });
	const stop = () => end(primary);
	try {
		const ready = await start(primary, plan);
		let nodes = ready.nodes;
		let rolling = false;
		const failed = once(primary, "exit").then(
			([code, signal]) =>
				new CommandError(`the cluster's primary process ended (${signal ?? `exit ${code}`})`),
		);
		primary.on("message", (message: FromPrimary) => {
			if (message.say === "nodes") nodes = message.nodes;
		});
		return {
			get nodes() {
				return nodes;
			},
			policyPort: ready.policyPort,
			failed,
			roll() {
				if (rolling) return Promise.reject(new CommandError("a roll is under way already"));
				rolling = true;
				return roll(primary).finally(() => {
					rolling = false;
				});
			},
			stop,
			[Symbol.asyncDispose]: stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** The nodes by name, with their ports; pure but for a look at the PEM files. Throws a `UsageError`. */
export function planCluster(options: ClusterOptions): ClusterPlan {
	const { nodes, port, host = "127.0.0.1", tls, policyPort = null, control = false } = options;
	const { limit = 0, secrets = [], redis = null } = options;
	const drain = { ...DRAIN_PLAN, ...options.drain };
	const tlsPort = tls?.port ?? (port === 0 ? 0 : port + nodes);
	requirePorts(port, nodes, "--port");
	if (tls !== undefined) {
		requirePorts(tlsPort, nodes, "--tls-port");
		requireFile(tls.certFile, "--cert");
		requireFile(tls.keyFile, "--key");
	}
	if (redis !== null) requireRedis(redis);
	const portOf = (first: number, index: number) => (first === 0 ? 0 : first + index);
	const plan: NodeOptions[] = [];
	for (let index = 0; index < nodes; index++)
		plan.push({
			node: `n${index + 1}`,
			host,
			port: portOf(port, index),
			tls:
				tls === undefined
					? null
					: { certFile: tls.certFile, keyFile: tls.keyFile, port: portOf(tlsPort, index) },
			limit,
			secrets,
			drain,
			redis,
		});
	return { nodes: plan, host, policyPort, control };
}

function requirePorts(first: number, count: number, flag: string): void {
	if (first !== 0 && first + count - 1 > 65_535)
		throw new UsageError(
			`${flag} ${first} with ${count} nodes ends above port 65535: give at most ${65_536 - count}`,
		);
}

function requireRedis(url: string): void {
	if (!/^rediss?:\/\/[^\s]+$/.test(url))
		throw new UsageError(
			`--redis ${nameOf(url)} is no Redis URL: give redis://host:port or rediss://host:port`,
		);
}

function requireFile(file: string, flag: string): void {
	try {
		accessSync(file, constants.R_OK);
	} catch {
		throw new UsageError(`${flag} ${file} cannot be read: give the path of a PEM file`);
	}
}

function start(primary: ChildProcess, plan: ClusterPlan): Promise<Extract<FromPrimary, { say: "ready" }>> {
	return new Promise((resolve, reject) => {
		primary.once("error", reject);
		primary.once("exit", (code, signal) =>
			reject(new CommandError(`the cluster ended before it was ready (${signal ?? `exit ${code}`})`)),
		);
		primary.on("message", (message: FromPrimary) => {
			if (message.say === "ready") resolve(message);
			if (message.say === "failed")
				reject(new CommandError(message.failure.message, message.failure.exitCode));
		});
		primary.send({ say: "start", plan } satisfies ToPrimary);
	});
}

function roll(primary: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (failure: Failure | null) => {
			primary.removeListener("message", onMessage);
			primary.removeListener("exit", onExit);
			if (failure === null) resolve();
			else reject(new CommandError(failure.message, failure.exitCode));
		};
		const onMessage = (message: FromPrimary) => {
			if (message.say === "rolled") settle(message.failure);
		};
		const onExit = () => settle({ message: "the cluster ended while it rolled", exitCode: EXIT.failed });
		primary.on("message", onMessage);
		primary.once("exit", onExit);
		primary.send({ say: "roll" } satisfies ToPrimary);
	});
}

async function end(primary: ChildProcess): Promise<void> {
	if (primary.exitCode !== null || primary.signalCode !== null) return;
	const exited = once(primary, "exit");
	if (primary.connected) primary.send({ say: "stop" } satisfies ToPrimary, () => {});
	else primary.kill("SIGTERM");
	await exited;
}
