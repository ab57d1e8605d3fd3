/** When k6's own state voids what it measured: doubts beside those every result is asked (record/validity.ts). */
import type { Flag } from "../../record/result.ts";
import { sessionsOf } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import type { Samples } from "./samples.ts";

/** Doubts of a k6 run. `code` is k6's exit code, null = ended by a signal. Pure. */
export function k6Doubts(samples: Samples, settings: Settings, code: number | null): Flag[] {
	return [...stopped(code), ...dropped(samples, settings)];
}

/** 99: a threshold was crossed, which is a finding and no doubt; 105: interrupted, which the result says itself. */
function stopped(code: number | null): Flag[] {
	if (code === 0 || code === 99 || code === 105) return [];
	return [
		{
			code: "k6_failed",
			severity: "invalid",
			message: `k6 ended with ${code === null ? "a signal" : `code ${code}`} before the run was over`,
			advice: "see what k6 said above",
		},
	];
}

/** Beyond the sessions planned k6 may start, or drop, one at the very end, which is no loss. */
function dropped(samples: Samples, settings: Settings): Flag[] {
	const missing = Math.min(samples.dropped, sessionsOf(settings) - samples.tally.counts.sessionsTried);
	if (missing <= 0) return [];
	return [
		{
			code: "iterations_dropped",
			severity: "warning",
			message: `k6 had no free VU for ${missing} sessions and left them out: they stand in no figure`,
			advice: "raise --clients above rate × seconds a session takes",
		},
	];
}
