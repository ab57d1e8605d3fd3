/** What a load run does. A scenario is an object; flags override its settings. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../worker/command-line/command.ts";
import { chaos } from "./scenarios/chaos.ts";
import { echo } from "./scenarios/echo.ts";
import { fanout } from "./scenarios/fanout.ts";
import { idle } from "./scenarios/idle.ts";
import { ramp } from "./scenarios/ramp.ts";
import { soak } from "./scenarios/soak.ts";
import { storm } from "./scenarios/storm.ts";
import { type Settings, USUAL } from "./settings.ts";

/** What the clients do in a slot. */
export const ACTIVITIES = ["echo", "fanout", "ramp", "storm", "idle"] as const;
/** One of them. */
export type Activity = (typeof ACTIVITIES)[number];

/** A scenario, ours or a user's. */
export interface Scenario {
	readonly name: string;
	/** One sentence for `--help` and the report. */
	readonly about: string;
	readonly activity: Activity;
	/** Settings that differ from the usual ones (settings.ts). */
	readonly settings: Partial<Settings>;
}

/** The scenarios that come with the swarm, by name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = { echo, fanout, ramp, storm, idle, soak, chaos };

/** A scenario by its name. Throws a UsageError that lists the names. */
export function scenarioNamed(name: string): Scenario {
	const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
	if (scenario !== undefined) return scenario;
	throw new UsageError(
		`--scenario ${name}: there is ${Object.keys(SCENARIOS).join(", ")}, or a file like ./mine.ts.`,
	);
}

/** A scenario by its name or from a user's own file, whose default export it is. Throws a UsageError. */
export async function loadScenario(name: string): Promise<Scenario> {
	if (!/[/\\]|\.[cm]?[jt]s$/.test(name)) return scenarioNamed(name);
	const file = resolve(name);
	if (!(await stat(file).catch(() => null)))
		throw new UsageError(`--scenario ${name}: there is no such file.`);
	let module: { default?: unknown };
	try {
		module = await import(pathToFileURL(file).href);
	} catch (error) {
		throw new UsageError(`--scenario ${name} cannot be loaded: ${(error as Error).message.split("\n")[0]}`);
	}
	return checkScenario(module.default, name);
}

/** Checks what a file exports. Throws a UsageError that names the field. */
export function checkScenario(given: unknown, file: string): Scenario {
	const wrong = (what: string): never => {
		throw new UsageError(`--scenario ${file}: ${what}.`);
	};
	if (typeof given !== "object" || given === null)
		return wrong("export default { name, about, activity, settings }");
	const { name, about, activity, settings } = given as Record<string, unknown>;
	if (typeof name !== "string" || name === "") return wrong("name is missing");
	if (typeof about !== "string") return wrong("about is missing");
	if (!ACTIVITIES.includes(activity as Activity))
		return wrong(`activity is ${JSON.stringify(activity)}, there is ${ACTIVITIES.join(", ")}`);
	if (typeof settings !== "object" || settings === null) return wrong("settings is missing, {} for none");
	for (const [key, value] of Object.entries(settings)) {
		if (!Object.hasOwn(USUAL, key)) return wrong(`settings.${key} is unknown`);
		if (typeof value !== typeof USUAL[key as keyof Settings])
			return wrong(`settings.${key} is a ${typeof value}, not a ${typeof USUAL[key as keyof Settings]}`);
	}
	return given as Scenario;
}
