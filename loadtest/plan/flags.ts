/** The flags of `npm run swarm`, read into plan options. */
import { type Command, InvalidArgumentError } from "commander";
import { newCommand, wholeNumber } from "../../worker/selfhost/command.ts";
import { TRANSPORTS, type Transport } from "../record/result.ts";
import type { PlanOptions } from "./plan.ts";
import { USUAL } from "./settings.ts";

/** What the terminal wants apart from the plan. */
export interface OutputOptions {
	readonly out: string | undefined;
	readonly quiet: boolean;
	readonly json: boolean;
}

/** Reads argv (without node and script). Throws commander's errors. */
export function readFlags(argv: readonly string[]): { options: PlanOptions; output: OutputOptions } {
	const command = swarmFlags().parse([...argv], { from: "user" });
	const { out, quiet = false, json = false, ...flags } = command.opts<PlanOptions & Partial<OutputOptions>>();
	const url = command.args[0];
	return { options: url === undefined ? flags : { ...flags, url }, output: { out, quiet, json } };
}

function swarmFlags(): Command {
	return newCommand("npm run swarm --", "One load run with real Socket.IO clients, written to a result file.")
		.argument("[url]", "the target, for example https://localhost:8443")
		.option(
			"--paths <list>",
			"several targets: direct=URL,direct=URL2,edge=URL (a repeated name adds an address)",
		)
		.option("--scenario <name>", "what the clients do (echo)")
		.option(
			"--transports <list>",
			`of ${TRANSPORTS.join(", ")} (${USUAL.transports.join(",")})`,
			transportList,
		)
		.option(
			"--clients <n>",
			`sessions of each transport on each path (${USUAL.clients})`,
			wholeNumber(1, 1_000_000),
		)
		.option("--rate <n>", `messages a second of each transport on each path (${USUAL.rate})`, above(0, 1e6))
		.option("--duration <seconds>", `of measurement in all (${USUAL.duration})`, above(0, 1e6))
		.option("--warmup <seconds>", `before each slot, not counted (${USUAL.warmup})`, above(-1, 3600))
		.option("--payload <bytes>", `of each message (${USUAL.payload})`, wholeNumber(0, 100_000_000))
		.option("--seed <n>", `of everything random (${USUAL.seed})`, wholeNumber(0, 0xffffffff))
		.option("--arrivals <kind>", "uniform or poisson (uniform)", oneOf("uniform", "poisson"))
		.option("--ack-timeout <seconds>", `until a message is given up (${USUAL.ackTimeout})`, above(0, 3600))
		.option("--connect-rate <n>", `sessions opened a second (${USUAL.connectRate})`, above(0, 1e6))
		.option("--event <name>", `the event that is acknowledged (${USUAL.event})`)
		.option(
			"--probe <kind>",
			"echo, or connect, which needs nothing from the application (echo)",
			oneOf("echo", "connect"),
		)
		.option("--policy-port <port>", `of the Flash policy (${USUAL.policyPort})`, wholeNumber(1, 65535))
		.option("--socket-path <path>", `of Engine.IO at the target (${USUAL.socketPath})`)
		.option("--processes <n>", "worker processes (as many as the load needs)", wholeNumber(1, 64))
		.option("--insecure", "trust any certificate")
		.option("--out <file>", "the result file (reports/swarm-….json)")
		.option("--json", "the result on stdout")
		.option("--quiet", "no progress");
}

function transportList(text: string): Transport[] {
	return text.split(",").map((part) => {
		const name = part.trim() as Transport;
		if (!TRANSPORTS.includes(name))
			throw new InvalidArgumentError(`"${name}" is none; there is ${TRANSPORTS.join(", ")}.`);
		return name;
	});
}

function oneOf<T extends string>(...words: T[]): (text: string) => T {
	return (text) => {
		if (!words.includes(text as T)) throw new InvalidArgumentError(`Give ${words.join(" or ")}.`);
		return text as T;
	};
}

function above(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (text.trim() === "" || !Number.isFinite(value) || value <= least || value > most)
			throw new InvalidArgumentError(`Give a number above ${Math.max(0, least)}, ${most} at most.`);
		return value;
	};
}
