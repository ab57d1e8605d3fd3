/** Rejects settings that no load run can have: values that a field does not allow, or that contradict each other. */
import { isIP } from "node:net";
import { UsageError } from "../../worker/command-line/command.ts";
import { checkMessages } from "./check-messages.ts";
import { flagOf, rowOf, SETTING_NAMES, type Settings } from "./fields.ts";
import type { Path } from "./load-group.ts";
import { settingsFor } from "./path-settings.ts";
import { hostPort } from "./paths.ts";
import type { Scenario } from "./scenario.ts";
import { checkTlsFiles } from "./tls-files.ts";
import { afterColon } from "./values.ts";

/** Throws a UsageError that names the flag, the value and the fix. */
export function check(settings: Settings, scenario: Scenario, paths: readonly Path[]): void {
	for (const name of SETTING_NAMES) {
		const value = settings[name];
		const complaint = rowOf(name).kind.complaint(value);
		// A table may hold secrets.
		const shown = typeof value === "object" && !Array.isArray(value) ? "" : ` ${value}`;
		if (complaint !== undefined) throw new UsageError(`${flagOf(name)}${shown}: ${afterColon(complaint)}`);
	}
	checkPathNames(settings, paths);
	checkMessages(settings, scenario, paths);
	for (const path of paths) checkPath(settingsFor(settings, path.name), paths);
	checkSources(settings);
	checkFetch(settings, paths);
	checkDefaultAgent(settings, paths);
	checkMachine(settings, scenario);
	checkScenarioNeeds(settings, scenario);
}

function checkPathNames({ pathHeaders, pathSet }: Settings, paths: readonly Path[]): void {
	const names = paths.map((path) => path.name);
	for (const [flag, given] of Object.entries({ "--path-header": pathHeaders, "--path-set": pathSet })) {
		const unknown = Object.keys(given).find((name) => !names.includes(name));
		if (unknown !== undefined)
			throw new UsageError(`${flag}: unknown path "${unknown}"; use one of: ${names.join(", ")}.`);
	}
}

/** Checks the settings as they are on one path. */
function checkPath(settings: Settings, paths: readonly Path[]): void {
	checkTlsFiles(settings);
	checkResolve(settings, paths);
}

function checkResolve({ resolve }: Settings, paths: readonly Path[]): void {
	const targets = [...new Set(paths.flatMap(({ urls }) => urls.map(hostPort)))];
	for (const [target, address] of Object.entries(resolve)) {
		if (isIP(address) === 0)
			throw new UsageError(`--resolve ${target}=${address}: "${address}" is not an IP address; give one.`);
		if (!targets.includes(target))
			throw new UsageError(
				`--resolve ${target}: no target has this host and port; use one of: ${targets.join(", ")}.`,
			);
	}
}

/** Node's fetch takes no agent, and with it none of what an agent does. */
function checkFetch(settings: Settings, paths: readonly Path[]): void {
	if (!settings.transports.includes("polling-fetch")) return;
	const addresses = settings.sources.filter((source) => isIP(source) !== 0);
	const refused = paths.flatMap(({ name }) => {
		const { ca, cert, key, resolve, insecure } = settingsFor(settings, name);
		return [
			...(ca === "" ? [] : ["--ca (NODE_EXTRA_CA_CERTS works)"]),
			...(cert === "" ? [] : ["--cert"]),
			...(key === "" ? [] : ["--key"]),
			...(Object.keys(resolve).length === 0 ? [] : ["--resolve"]),
			...(insecure === settings.insecure ? [] : [`--path-set ${name}.insecure`]),
		];
	});
	const [first] = addresses.length > 0 ? ["--sources"] : refused;
	if (first !== undefined)
		throw new UsageError(
			`${first} does not apply to polling-fetch, because Node's fetch has no such option; leave out the flag or polling-fetch.`,
		);
}

/** Node's own agent knows no `--resolve`. */
function checkDefaultAgent(settings: Settings, paths: readonly Path[]): void {
	if (settings.pollingAgent !== "default" || !settings.transports.includes("polling")) return;
	if (paths.some(({ name }) => Object.keys(settingsFor(settings, name).resolve).length > 0))
		throw new UsageError(
			"--resolve does not apply to polling with --polling-agent default; leave out one of the two.",
		);
}

function checkSources({ sources }: Settings): void {
	const wrong = sources.find((source) => source !== "loopback" && source !== "none" && isIP(source) === 0);
	if (wrong !== undefined)
		throw new UsageError(`--sources ${wrong}: give IP addresses of this host, loopback or none.`);
}

function checkMachine({ machine: { number, of }, clients }: Settings, { activity }: Scenario): void {
	const least = activity === "fanout" ? 3 : 1;
	if (of === 1 || Math.floor(clients / of) >= least) return;
	const fix = `give fewer machines, or at least ${of * least} --clients`;
	const why = least > 1 ? `; ${activity} needs ${least} on each machine` : "";
	throw new UsageError(`--machine ${number}/${of}: ${of} machines share ${clients} --clients${why}; ${fix}.`);
}

function checkScenarioNeeds(settings: Settings, { name, activity }: Scenario): void {
	const { chaosRun, chaosAt, duration, clients, processes, probe, hear, reconnection } = settings;
	if (activity === "storm" && !reconnection)
		throw new UsageError(
			`--scenario ${name}: storm cuts sessions and waits for them to return; add --reconnection, or reconnection: true to its settings.`,
		);
	if (name === "chaos" && chaosRun === "")
		throw new UsageError(
			"--scenario chaos: --chaos-run is missing; give a command, for example --chaos-run 'kill 1234' --chaos-at 5.",
		);
	if (activity === "listen" && hear === "")
		throw new UsageError("--scenario listen: --hear is missing; give the event that the server pushes.");
	if (activity !== "listen" && hear !== "")
		throw new UsageError(`--hear ${hear}: ${name} sends and does not listen; use --scenario listen.`);
	if (chaosRun !== "" && chaosAt >= duration)
		throw new UsageError(
			`--chaos-at ${chaosAt}: the measurement lasts ${duration} s; give a second before its end.`,
		);
	if (activity === "fanout" && clients < 3)
		throw new UsageError(
			`--clients ${clients}: fanout needs a publisher and two subscribers; give 3 or more.`,
		);
	if (activity === "fanout" && processes === 1)
		throw new UsageError("--processes 1: fanout keeps its probes in a process of their own; give 2 or more.");
	if (probe === "connect" && !["idle", "ramp", "echo", "listen"].includes(activity))
		throw new UsageError(`--probe connect: ${name} needs acknowledgements; use idle, ramp, echo or listen.`);
}
