/** `--chaos-run`: the user's shell command, run at a given second of measurement. */
import { spawn } from "node:child_process";
import type { Plan } from "../../plan/plan.ts";
import { nowUs } from "../pacing/clock.ts";

/** What the chaos command tells the run. */
export interface ChaosHooks {
	/** The command starts. */
	started(): void;
	/** It ended with this code; -1 by a signal. */
	ended(code: number): void;
}

/** Runs the plan's command when its time has come; `origin` is the start of measurement (monotonic µs). */
export function scheduleChaos(
	{ chaosRun, chaosAt }: Plan,
	origin: number,
	hooks: ChaosHooks,
	stop: AbortSignal,
): void {
	if (chaosRun === "") return;
	const run = async () => {
		hooks.started();
		hooks.ended((await runInShell(chaosRun, stop)) ?? -1);
	};
	const timer = setTimeout(run, (origin - nowUs()) / 1000 + chaosAt * 1000);
	stop.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** Resolves with the command's exit code; null = ended by a signal. */
function runInShell(command: string, stop: AbortSignal): Promise<number | null> {
	return new Promise((resolve) => {
		const child = spawn(command, { shell: true, stdio: ["ignore", "ignore", "inherit"] });
		const end = () => child.kill("SIGTERM");
		stop.addEventListener("abort", end, { once: true });
		child.once("error", () => resolve(127));
		child.once("exit", (code) => {
			stop.removeEventListener("abort", end);
			resolve(code);
		});
	});
}
