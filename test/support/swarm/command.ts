/** Runs the swarm's command to its end and reads all its output. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { PROJECT } from "../../../worker/command-line/project.ts";

export interface SwarmExit {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** `npm run swarm -- ARGS` without npm. */
export async function runSwarmCommand(...args: string[]): Promise<SwarmExit> {
	return runToEnd(process.execPath, ["loadtest/cli.ts", "swarm", ...args]);
}

/** Runs a program in the project's folder. */
export async function runToEnd(program: string, args: readonly string[]): Promise<SwarmExit> {
	const child = spawn(program, args, {
		cwd: PROJECT,
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, NO_COLOR: "1" },
	});
	const closed = once(child, "close");
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
	const [code] = (await closed) as [number];
	return { code, stdout, stderr };
}
