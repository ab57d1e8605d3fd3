/** Programs in C whose times are exact: a target, and the time of a round trip over loopback. Compiled when they are used. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Whether tests that need a C compiler and openssl are left out: on a person's machine without them. */
export const skipWithoutCompiler =
	process.env["CI"] === undefined &&
	(["cc", "openssl"] as const).some((tool) => spawnSync(tool, ["--version"]).error !== undefined);

/** A server that stamps bytes in and bytes out; stamping-target.c has its code. */
export interface StampingTarget {
	readonly url: string;
	/** The times of all messages since the last call: µs from the message's bytes to the answer's. */
	takeTimes(): Promise<number[]>;
}

export interface ExactPrograms extends AsyncDisposable {
	readonly target: StampingTarget;
	/** Median of a round trip over loopback, in µs, `gapUs` after the one before; loopback-time.c has its code. */
	roundTrip(gapUs: number): Promise<number>;
}

/** Compiles both programs and starts the target. */
export async function startExactPrograms(): Promise<ExactPrograms> {
	const folder = await mkdtemp(join(tmpdir(), "exact-"));
	const compile = async (name: string): Promise<string> => {
		const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
		const program = join(folder, name);
		await promisify(execFile)("cc", ["-O2", "-o", program, source]);
		return program;
	};
	const [stamping, loopback] = await Promise.all([compile("stamping-target"), compile("loopback-time")]);
	const child = spawn(stamping, { stdio: ["ignore", "pipe", "inherit"] });
	const [port] = (await once(child.stdout, "data")) as [Buffer];
	const url = `http://127.0.0.1:${String(port).trim()}/`;
	return {
		target: {
			url,
			takeTimes: async () => (await fetch(`${url}times`)).json() as Promise<number[]>,
		},
		async roundTrip(gapUs) {
			const trips = Math.min(2000, Math.ceil(1_500_000 / gapUs));
			const { stdout } = await promisify(execFile)(loopback, [`${gapUs}`, `${trips}`]);
			return Number(stdout);
		},
		async [Symbol.asyncDispose]() {
			const gone = once(child, "exit");
			child.kill();
			await gone;
			await rm(folder, { recursive: true });
		},
	};
}
