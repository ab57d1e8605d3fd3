/** The flags of `npm run swarm`, read into plan options. */
import type { Command } from "commander";
import { newCommand, wholeNumber } from "../../worker/command-line/command.ts";
import { TRANSPORTS } from "../record/result.ts";
import {
	above,
	gather,
	headersFrom,
	list,
	oneOf,
	pairs,
	pathHeadersFrom,
	pids,
	transportList,
} from "./flag-values.ts";
import type { PlanOptions } from "./plan.ts";
import { SCENARIOS } from "./scenario.ts";
import { USUAL } from "./settings.ts";

/** What the terminal wants apart from the plan. */
export interface OutputOptions {
	readonly out: string | undefined;
	readonly quiet: boolean;
	readonly json: boolean;
	/** Runs made one after the other, as one series. */
	readonly repeat: number;
}

/** What the command line says. */
export interface Flags {
	/** `scenario` is a name or a file here. */
	readonly options: PlanOptions & { scenario?: string };
	readonly output: OutputOptions;
}

/** Read after commander: its errors would repeat the value, which may be a secret. */
interface HeaderLines {
	readonly header?: string[];
	readonly pathHeader?: string[];
}

/** Reads argv (without node and script). Throws commander's errors. */
export function readFlags(argv: readonly string[]): Flags {
	const command = swarmFlags().parse([...argv], { from: "user" });
	const given = command.opts<Flags["options"] & Partial<OutputOptions> & HeaderLines>();
	const { out, quiet = false, json = false, repeat = 1, header, pathHeader, ...flags } = given;
	const url = command.args[0];
	const options: Flags["options"] = {
		...flags,
		...(url !== undefined && { url }),
		...(header !== undefined && { headers: headersFrom(header) }),
		...(pathHeader !== undefined && { pathHeaders: pathHeadersFrom(pathHeader) }),
	};
	return { options, output: { out, quiet, json, repeat } };
}

function swarmFlags(): Command {
	const command = newCommand(
		"npm run swarm --",
		"One load run with real Socket.IO clients, written to a result file.",
	)
		.argument("[url]", "the target, for example https://localhost:8443 (or: calibrate)")
		.option(
			"--paths <list>",
			"several targets: direct=URL,direct=URL2,edge=URL (a repeated name adds an address)",
		)
		.option("--scenario <name>", `${Object.keys(SCENARIOS).join(", ")}, or a file (echo)`);
	loadFlags(command);
	applicationFlags(command);
	scenarioFlags(command);
	return command
		.option("--out <file>", "the result file (reports/swarm-….json)")
		.option("--repeat <n>", "runs, one after the other, as one series for `compare`", wholeNumber(1, 1000))
		.option("--json", "the result on stdout")
		.option("--quiet", "no progress");
}

function loadFlags(command: Command): void {
	command
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
		.option("--arrivals <kind>", `uniform or poisson (${USUAL.arrivals})`, oneOf("uniform", "poisson"))
		.option(
			"--grain <ms>",
			"echo: the grid on which messages leave, in groups; 0 = each by itself (by the rate)",
			wholeNumber(0, 1000),
		)
		.option("--ack-timeout <seconds>", `until a message is given up (${USUAL.ackTimeout})`, above(0, 3600))
		.option("--connect-rate <n>", `sessions opened a second (${USUAL.connectRate})`, above(0, 1e6))
		.option(
			"--connect-timeout <seconds>",
			`until a session is given up (${USUAL.connectTimeout})`,
			above(0, 3600),
		)
		.option("--processes <n>", "worker processes (as many as the load needs)", wholeNumber(1, 64))
		.option("--sources <list>", "source addresses, in turn; loopback, or none (loopback)", list)
		.option("--polling-agent <kind>", "keep-alive, or default: Node's own", oneOf("keep-alive", "default"))
		.option("--insecure", "trust any certificate");
}

function applicationFlags(command: Command): void {
	command
		.option("--event <name>", `the event that is sent and acknowledged (${USUAL.event})`)
		.option("--ack <event>", "the application answers by this event, not by acknowledgement")
		.option("--message <json>", "what is sent, a template, for example '{\"user\":{n}}'")
		.option(
			"--probe <kind>",
			"echo, or connect, which needs nothing from the application (echo)",
			oneOf("echo", "connect"),
		)
		.option("--namespace <name>", "of Socket.IO (the URL's path)")
		.option("--auth <json>", 'for the Socket.IO connect, a template: \'{"token":"user-{n}"}\'')
		.option("--query <list>", "for every request: room=a,user={n}", pairs)
		.option("--header <line>", "for every request: 'Name: value'; may be repeated", gather)
		.option("--path-header <line>", "for one path: 'edge=Name: value'; may be repeated", gather)
		.option("--socket-path <path>", `of Engine.IO at the target (${USUAL.socketPath})`)
		.option("--policy-port <port>", `of the Flash policy (${USUAL.policyPort})`, wholeNumber(1, 65535));
}

function scenarioFlags(command: Command): void {
	command
		.option("--reconnection", "lost sessions come back by themselves")
		.option("--cut <kind>", `storm: abrupt or graceful (${USUAL.cut})`, oneOf("abrupt", "graceful"))
		.option("--probes <n>", `fanout: subscribers that are timed (${USUAL.probes})`, wholeNumber(2, 10_000))
		.option("--chaos-run <command>", "chaos: what to run")
		.option("--chaos-at <second>", `chaos: when, in seconds of measurement (${USUAL.chaosAt})`, above(0, 1e6))
		.option("--watch <list>", "memory of processes: edge=PID,n1=PID", pids);
}
