/** A command of the user's own, run at a given second of measurement. */
import { spawn } from "node:child_process";

/** Runs `command` in a shell; resolves with its exit code, null when a signal ended it. */
export function runCommandLine(command: string, stop: AbortSignal): Promise<number | null> {
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
