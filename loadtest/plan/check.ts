/** What no load run can be made of. */
import { isIP } from "node:net";
import { UsageError } from "../../worker/command-line/command.ts";
import type { Path } from "./paths.ts";
import type { Scenario } from "./scenario.ts";
import { AUTO, type Settings } from "./settings.ts";
import { fillJson } from "./template.ts";

/** Throws a UsageError that names the flag, the value and the cure. */
export function check(settings: Settings, scenario: Scenario, paths: readonly Path[]): void {
	const { transports, rate, duration, clients, connectRate, grain } = settings;
	if (transports.length === 0) throw new UsageError("--transports: name at least one.");
	if (new Set(transports).size !== transports.length)
		throw new UsageError(`--transports ${transports.join(",")}: one is named twice.`);
	if (!(rate > 0)) throw new UsageError(`--rate ${rate}: give messages a second above 0.`);
	if (!(duration > 0)) throw new UsageError(`--duration ${duration}: give seconds above 0.`);
	if (!(connectRate > 0))
		throw new UsageError(`--connect-rate ${connectRate}: give sessions a second above 0.`);
	if (!(clients > 0)) throw new UsageError(`--clients ${clients}: give at least 1.`);
	if (grain !== AUTO && !(grain >= 0 && grain <= 1000 && Number.isInteger(grain)))
		throw new UsageError(`--grain ${grain}: give whole milliseconds, 0 to 1000.`);
	checkTemplates(settings, paths);
	checkScenarioNeeds(settings, scenario);
}

function checkTemplates(settings: Settings, paths: readonly Path[]): void {
	const values = { n: 0, path: "", transport: "", seed: 0 };
	if (settings.auth !== "") fillJson(settings.auth, values, "--auth");
	if (settings.message !== "") fillJson(settings.message, values, "--message");
	for (const name of Object.keys(settings.pathHeaders))
		if (!paths.some((path) => path.name === name))
			throw new UsageError(
				`--path-header ${name}: there is no such path; there is ${paths.map((path) => path.name).join(", ")}.`,
			);
	for (const source of settings.sources)
		if (source !== "loopback" && source !== "none" && isIP(source) === 0)
			throw new UsageError(`--sources ${source}: give IP addresses of this host, loopback or none.`);
}

function checkScenarioNeeds(settings: Settings, scenario: Scenario): void {
	const { name, activity } = scenario;
	if (name === "chaos" && settings.chaosRun === "")
		throw new UsageError(
			"--scenario chaos: say what to run, for example --chaos-run 'kill 1234' --chaos-at 5.",
		);
	if (settings.chaosRun !== "" && settings.chaosAt >= settings.duration)
		throw new UsageError(
			`--chaos-at ${settings.chaosAt}: the measurement lasts ${settings.duration} s; give a second before its end.`,
		);
	if (activity === "fanout" && settings.clients < 3)
		throw new UsageError(
			`--clients ${settings.clients}: fanout needs a publisher and two subscribers, 3 at least.`,
		);
	if (activity === "fanout" && settings.processes === 1)
		throw new UsageError("--processes 1: fanout keeps its probes in a process of their own; give 2 or more.");
	if (settings.probe === "connect" && activity !== "idle" && activity !== "ramp" && activity !== "echo")
		throw new UsageError(`--probe connect: ${name} needs acknowledgements; use idle, ramp or echo.`);
}
