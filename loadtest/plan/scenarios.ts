/** The swarm's own scenarios, and reading a user's. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../worker/command-line/command.ts";
import { checkScenario, type Scenario } from "./scenario.ts";

/** The basic measurement of a path. */
const echo: Scenario = {
	name: "echo",
	about: "messages at a fixed rate, each acknowledged",
	activity: "echo",
	settings: {},
};

/**
 * One client publishes to a room that all others have joined. Probe subscribers in a process of their own, spread
 * over the join order, are timed, because the first to join get a message ten times faster than the last; the others only
 * count. Counts are deliveries: due = messages × subscribers. Needs `join` and `room` at the application.
 */
const fanout: Scenario = {
	name: "fanout",
	about: "one client publishes to a room: time to the first, median and last recipient",
	activity: "fanout",
	settings: { clients: 200, rate: 10, probes: 20, transports: ["websocket"] },
};

/**
 * Sessions are opened faster and faster, from none to `connectRate` per second at the end; each closes after its
 * first acknowledgement. The knee is the rate from which opening stays slow.
 */
const ramp: Scenario = {
	name: "ramp",
	about: "sessions opened at a rising rate: where opening becomes slow",
	activity: "ramp",
	settings: { connectRate: 400, duration: 30, warmup: 0 },
};

/**
 * All sessions are cut at once and reconnect by socket.io-client's own rules (first attempt after 0.5 to 1.5 s). `recover` runs
 * from the cut to the first acknowledgement after it; listeners are attached before the cut.
 */
const storm: Scenario = {
	name: "storm",
	about: "all sessions cut at once: how long until they are back",
	activity: "storm",
	settings: { reconnection: true, cut: "abrupt", duration: 20, transports: ["websocket"] },
};

/** Sessions that send nothing: heartbeats must hold them, and `--watch NAME=PID` shows the memory of each. */
const idle: Scenario = {
	name: "idle",
	about: "sessions held open without messages: memory and heartbeats",
	activity: "idle",
	settings: { clients: 1000, probe: "connect", duration: 60, warmup: 0, transports: ["websocket"] },
};

/** What a server pushes by itself: how much, how evenly, and, where it numbers its events, how many get lost. */
const listen: Scenario = {
	name: "listen",
	about: "sessions that only hear what the server pushes (--hear): rate, gaps, loss",
	activity: "listen",
	settings: { probe: "connect", transports: ["websocket"] },
};

/** Slow changes of p50 and p99 show as slopes. `--watch` adds the highest memory, without a slope. */
const soak: Scenario = {
	name: "soak",
	about: "echo for an hour: slopes of p50 and p99",
	activity: "echo",
	settings: { duration: 3600, clients: 200, rate: 200, transports: ["websocket"] },
};

/** Sessions reconnect by themselves; messages that are due while a session is lost count as not sent. */
const chaos: Scenario = {
	name: "chaos",
	about: "echo while a shell command (--chaos-run) breaks something",
	activity: "echo",
	settings: { reconnection: true, chaosAt: 5, duration: 20, transports: ["websocket"] },
};

/** The scenarios that come with the swarm, by name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
	echo,
	fanout,
	listen,
	ramp,
	storm,
	idle,
	soak,
	chaos,
};

/** A scenario by its name. Throws a UsageError that lists the names. */
export function scenarioNamed(name: string): Scenario {
	const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
	if (scenario !== undefined) return scenario;
	const names = Object.keys(SCENARIOS).join(", ");
	throw new UsageError(
		`--scenario: unknown scenario "${name}"; use one of: ${names}, or a file such as ./mine.ts.`,
	);
}

/** A scenario by its name, or from a user's own file, whose default export it is. Throws a UsageError. */
export async function loadScenario(name: string): Promise<Scenario> {
	if (!/[/\\]|\.[cm]?[jt]s$/.test(name)) return scenarioNamed(name);
	const file = resolve(name);
	if (!(await stat(file).catch(() => null)))
		throw new UsageError(`--scenario ${name}: the file does not exist; give the path of a scenario file.`);
	let module: { default?: unknown };
	try {
		module = await import(pathToFileURL(file).href);
	} catch (error) {
		throw new UsageError(`--scenario ${name} cannot be loaded: ${(error as Error).message.split("\n")[0]}`);
	}
	return checkScenario(module.default, name, file);
}
