/** A cluster as its callers see it: start it, look at its nodes, roll it, stop it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CommandError } from "../../worker/command-line/command.ts";
import { readPem } from "../../worker/command-line/files.ts";
import { exited, exitReason, hasExited, startChild } from "./child.ts";
import { controlPort, requestRoll } from "./control.ts";
import type { ClusterNode, ClusterReady, FromPrimary, ToPrimary } from "./messages.ts";
import { type ClusterOptions, type ClusterPlan, planCluster } from "./plan.ts";

/** A running cluster. */
export interface Cluster extends AsyncDisposable {
	/** Updated when a node restarts (its pid changes) or is replaced. */
	readonly nodes: readonly ClusterNode[];
	readonly policyPort: number | null;
	/** Resolves with the reason if the cluster ends without `stop`; never rejects. */
	readonly failed: Promise<CommandError>;
	/** Replaces all nodes, one after another, on the same ports. Throws a `CommandError`. */
	roll(): Promise<void>;
	/** Ends every process; may be called twice. */
	stop(): Promise<void>;
}

const PRIMARY = fileURLToPath(new URL("./primary.ts", import.meta.url));

/** Starts the nodes and resolves when all of them listen. Throws a `CommandError` that names the flag. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const plan = planCluster(options);
	if (options.tls !== undefined) {
		// Each node reads the files itself, also when it restarts; here a wrong path fails before any process starts.
		await readPem(options.tls.certFile, "--cert");
		await readPem(options.tls.keyFile, "--key");
	}
	// The nodes must not inherit the caller's execArgv and stdin (a test runner's, a debugger's); stdout is for results.
	const primary = fork(PRIMARY, [], { execArgv: [], stdio: ["ignore", 2, 2, "ipc"] });
	try {
		const ready = await startChild<ClusterPlan, ClusterReady>(primary, "the cluster", plan, Infinity);
		return clusterOf(primary, ready);
	} catch (error) {
		await stopPrimary(primary);
		throw error;
	}
}

function clusterOf(primary: ChildProcess, ready: ClusterReady): Cluster {
	const port = controlPort(ready.nodes);
	let nodes = ready.nodes;
	primary.on("message", (message: FromPrimary) => {
		if (message.type === "nodes") nodes = message.nodes;
	});
	const failed = once(primary, "exit").then(
		([code, signal]) =>
			new CommandError(`the cluster's primary process exited (${exitReason(code, signal)})`),
	);
	const stop = () => stopPrimary(primary);
	return {
		get nodes() {
			return nodes;
		},
		policyPort: ready.policyPort,
		failed,
		async roll() {
			for await (const _ of requestRoll(port, new AbortController().signal));
		},
		stop,
		[Symbol.asyncDispose]: stop,
	};
}

async function stopPrimary(primary: ChildProcess): Promise<void> {
	if (hasExited(primary)) return;
	if (primary.connected) primary.send({ type: "stop" } satisfies ToPrimary, () => {});
	else primary.kill("SIGTERM");
	await exited(primary);
}
