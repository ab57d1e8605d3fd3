/** Commands to interrupt, ways of sending the signal, and the expected end. */
import { expect } from "vitest";
import type { Command, Ended } from "./command.ts";

/** Script and flags. Ports are free ones, and no node has to answer. */
export const START = [
	"origin/start.ts",
	..."--https-port 0 --http-port 0 --origin-port 0 --policy-port 0".split(" "),
] as const satisfies readonly string[];
export const EDGE = [
	"worker/selfhost/cli.ts",
	..."--https-port 0 --http-port 0 --node n1=http://127.0.0.1:1".split(" "),
] as const satisfies readonly string[];

/** `kill` and systemd signal the command alone; Ctrl-C in a terminal signals all its processes. */
export const WAYS = {
	SIGINT: (command: Command): void => command.kill("SIGINT"),
	SIGTERM: (command: Command): void => command.kill("SIGTERM"),
	"Ctrl-C": (command: Command): void => command.killAll("SIGINT"),
} as const;

/** Expects the exit code of an interruption, and no output on stderr. */
export function expectInterrupted({ code, stderr }: Ended): void {
	expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
}
