/** What a load run does. A scenario is an object; flags override its settings. */
import type { Settings } from "./settings.ts";

/** What the clients do in a slot. */
export type Activity = "echo";

export interface Scenario {
	readonly name: string;
	/** One sentence for `--help` and the report. */
	readonly about: string;
	readonly activity: Activity;
	/** Settings that differ from the usual ones (settings.ts). */
	readonly settings: Partial<Settings>;
}
