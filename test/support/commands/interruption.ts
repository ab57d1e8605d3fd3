/** Commands to interrupt, the ways a signal comes, and what has to be true after it. */
import { expect } from "vitest";
import type { Command, Ended } from "./command.ts";

/** Script and flags: nothing here takes a port that others use, and no node need answer. */
export const START = [
	"origin/start.ts",
	..."--https-port 0 --http-port 0 --origin-port 0 --policy-port 0".split(" "),
] as const satisfies readonly string[];
export const EDGE = [
	"worker/selfhost/cli.ts",
	..."--https-port 0 --http-port 0 --node n1=http://127.0.0.1:1".split(" "),
] as const satisfies readonly string[];

/** From `kill` and systemd to the command alone; from Ctrl-C in a terminal to all its processes. */
export const WAYS = {
	SIGINT: (command: Command): void => command.kill("SIGINT"),
	SIGTERM: (command: Command): void => command.kill("SIGTERM"),
	"Ctrl-C": (command: Command): void => command.killAll("SIGINT"),
} as const;

/** The contract's exit code, and not a word on stderr. */
export function expectInterrupted({ code, stderr }: Ended): void {
	expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
}
