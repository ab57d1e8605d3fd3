/** Starts a real Redis for one test, on a free port with its own folder. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Whether `redis-server` is installed. In CI this is always true, so that tests fail there instead of being skipped. */
export const hasRedis =
	spawnSync("redis-server", ["--version"]).status === 0 || process.env["CI"] !== undefined;

export interface TestRedis extends AsyncDisposable {
	readonly url: string;
	/** Ends it with the signal; `start` starts it again on the same port, with the data it has kept. */
	end(signal: NodeJS.Signals): Promise<void>;
	start(): Promise<void>;
	pause(): void;
	resume(): void;
}

/** Starts Redis; with `aof` every write is on disk before its reply. */
export async function startRedis({ aof }: { aof: boolean }): Promise<TestRedis> {
	const dir = await mkdtemp(join(tmpdir(), "sticky-edge-redis-"));
	const port = await freePort();
	const keep = aof ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
	const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", ...keep];
	let child: ChildProcess;
	const start = async () => {
		child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
		for await (const line of createInterface(child.stdout!)) if (line.includes("Ready to accept")) break;
		child.stdout!.resume();
	};
	const end = async (signal: NodeJS.Signals) => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const gone = once(child, "exit");
		child.kill(signal);
		await gone;
	};
	await start();
	return {
		url: `redis://127.0.0.1:${port}`,
		start,
		end,
		pause: () => void child.kill("SIGSTOP"),
		resume: () => void child.kill("SIGCONT"),
		async [Symbol.asyncDispose]() {
			child.kill("SIGCONT");
			await end("SIGKILL");
			await rm(dir, { recursive: true, force: true });
		},
	};
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}
