/** Builds the exports of a script for one transport. */
import exec from "k6/execution";
import type { Options } from "k6/options";
import { Client } from "./client.ts";
import { epochOfRun } from "./clock.ts";
import { meter } from "./meter.ts";
import { arrivalSeconds, optionsFor, sessionsOf } from "./options.ts";
import { type K6Transport, settingsFrom } from "./settings.ts";

/** No run sends more: the numbers of runs that start at different times differ, and are whole up to the year 2039. */
const MESSAGES_PER_MS = 4096;

/** The exports. */
export interface Script {
	readonly options: Options;
	/** One iteration: one session, from opening to closing. */
	readonly session: () => Promise<void>;
}

/** Reads the environment and builds the script. Throws a SettingError, which k6 prints. */
export function scriptFor(transport: K6Transport): Script {
	const settings = settingsFrom(transport, __ENV);
	const lead = settings.scenario === "echo" ? (arrivalSeconds(settings) + settings.warmup) * 1000 : 0;
	return {
		options: optionsFor(settings, (file) => open(file)),
		session: async () => {
			const number = exec.scenario.iterationInTest;
			// The executor may start one session too many at the very end.
			if (number >= sessionsOf(settings)) return;
			// The scenario's start instead of a `setup` function: every instance of a distributed run knows it.
			const start = exec.scenario.startTime + lead;
			meter.start.add(start);
			const firstSeq = exec.scenario.startTime * MESSAGES_PER_MS;
			await Client.run(settings, { number, start: start - epochOfRun(), firstSeq });
		},
	};
}
