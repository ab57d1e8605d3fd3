/** `npm run origin` as a process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../../origin/cluster/cli.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The result of a command. */
export interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command until it exits. */
export async function runOrigin(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
	const child = spawnOrigin(args, env);
	const [stdout, stderr, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "exit"),
	]);
	return { code, stdout, stderr };
}

/** A cluster started by the command; disposing stops it. */
export interface OriginCommand extends AsyncDisposable {
	readonly ready: { nodes: { id: string; url: string; pid: number }[]; policyPort: number };
	readonly child: ChildProcess;
	/** The next line on stderr. */
	warning(): Promise<string>;
	stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts a cluster on free ports and resolves when it prints its ready line. */
export async function startOrigin(
	args: readonly string[] = [],
	env: Record<string, string> = {},
): Promise<OriginCommand> {
	const child = spawnOrigin(["--port", "0", "--policy-port", "0", "--json", ...args], env);
	const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
	const warnings = createInterface(child.stderr!)[Symbol.asyncIterator]();
	const stop = async (signal: NodeJS.Signals) => {
		if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
		const exited = once(child, "exit");
		child.kill(signal);
		return (await exited)[0] as number | null;
	};
	return {
		ready: JSON.parse(String((await lines.next()).value)),
		child,
		warning: async () => String((await warnings.next()).value),
		stop,
		async [Symbol.asyncDispose]() {
			await stop("SIGTERM");
		},
	};
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** Starts the command. */
export function spawnOrigin(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
	return spawn(process.execPath, [CLI, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
	let all = "";
	for await (const chunk of stream ?? []) all += String(chunk);
	return all;
}
