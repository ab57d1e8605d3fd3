/** A scenario: what a load run does. Flags override its settings. */
import { UsageError } from "../../worker/command-line/command.ts";
import { DEFAULTS, type Settings } from "./fields.ts";

/** What the clients do in a slot. */
export const ACTIVITIES = ["echo", "fanout", "ramp", "storm", "idle"] as const;
/** The name of an activity. */
export type Activity = (typeof ACTIVITIES)[number];

/** A scenario, one of the swarm's own or a user's. */
export interface Scenario {
	readonly name: string;
	/** One line for `--help`. */
	readonly about: string;
	readonly activity: Activity;
	/** Settings that differ from the defaults (fields.ts). */
	readonly settings: Partial<Settings>;
}

/** Checks what a scenario file exports. Throws a UsageError that names the field. */
export function checkScenario(given: unknown, file: string): Scenario {
	const refuse = (why: string): never => {
		throw new UsageError(`--scenario ${file}: ${why}.`);
	};
	if (typeof given !== "object" || given === null)
		return refuse("write export default { name, about, activity, settings }");
	const { name, about, activity, settings } = given as Record<string, unknown>;
	if (typeof name !== "string" || name === "") return refuse("name is missing; give a string");
	if (typeof about !== "string") return refuse("about is missing; describe the scenario in one line");
	if (!ACTIVITIES.includes(activity as Activity))
		return refuse(`unknown activity ${JSON.stringify(activity)}; use one of: ${ACTIVITIES.join(", ")}`);
	if (typeof settings !== "object" || settings === null)
		return refuse("settings is missing; use {} for none");
	for (const [key, value] of Object.entries(settings)) {
		if (!Object.hasOwn(DEFAULTS, key))
			return refuse(`settings.${key} is unknown; use any of: ${Object.keys(DEFAULTS).join(", ")}`);
		const type = typeof DEFAULTS[key as keyof Settings];
		if (typeof value !== type) return refuse(`settings.${key} is a ${typeof value}, not a ${type}`);
	}
	return given as Scenario;
}
