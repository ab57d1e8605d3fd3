/** Starting and ending a forked process that understands `ToChild` messages. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { CommandError } from "../../worker/command-line/command.ts";
import { errorOf, type FromChild, type ToChild } from "./messages.ts";

/**
 * Sends `plan` to the child and resolves with what it reports once it is ready. Throws a `CommandError` that
 * names the child if it fails, exits, or is not ready within `timeoutMs` (Infinity = no timeout).
 */
export function startChild<Plan, Ready>(
	child: ChildProcess,
	name: string,
	plan: Plan,
	timeoutMs: number,
): Promise<Ready> {
	return new Promise((resolve, reject) => {
		const settle = (action: () => void) => {
			clearTimeout(timer);
			child.off("message", onMessage).off("exit", onExit);
			action();
		};
		const onMessage = (message: FromChild<Ready>) => {
			if (message.type === "ready") settle(() => resolve(message.ready));
			if (message.type === "failed") settle(() => reject(errorOf(message.failure)));
		};
		const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
			const reason = exitReason(code, signal);
			settle(() => reject(new CommandError(`${name} exited before it was ready (${reason})`)));
		};
		const onTimeout = () =>
			settle(() => reject(new CommandError(`${name} was not ready within ${timeoutMs / 1_000} s`)));
		const timer = Number.isFinite(timeoutMs) ? setTimeout(onTimeout, timeoutMs) : undefined;
		child
			.on("message", onMessage)
			.on("exit", onExit)
			.once("error", (error) => settle(() => reject(error)));
		child.send({ type: "start", plan } satisfies ToChild<Plan>, () => {});
	});
}

/** Whether the child has exited. */
export function hasExited(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves when the child has exited. */
export async function exited(child: ChildProcess): Promise<void> {
	if (!hasExited(child)) await once(child, "exit");
}

/** Waits for the child to exit, and kills it if it has not after `limitMs`. */
export async function exitWithin(child: ChildProcess, limitMs: number): Promise<void> {
	if (hasExited(child)) return;
	const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
	await exited(child);
	clearTimeout(timer);
}

/** How a child exited, for messages: the signal, or the exit code. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
	return signal ?? `exit code ${code}`;
}
