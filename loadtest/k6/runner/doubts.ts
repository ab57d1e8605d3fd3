/** Doubts about a k6 run from k6's own state, besides those about every result (record/validity.ts). */
import type { Flag } from "../../record/result.ts";
import { sessionsOf } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import type { Samples } from "./samples.ts";

/** The doubts. `code` is k6's exit code, null when a signal ended it. */
export function k6Doubts(samples: Samples, settings: Settings, code: number | null): Flag[] {
	return [...stopped(code), ...dropped(samples, settings)];
}

/** 99 (a threshold was crossed) is a finding, not a doubt; 105 (interrupted) is recorded in the result itself. */
function stopped(code: number | null): Flag[] {
	if (code === 0 || code === 99 || code === 105) return [];
	return [
		{
			code: "k6_failed",
			severity: "invalid",
			message: `k6 ended with ${code === null ? "a signal" : `code ${code}`} before the run was over`,
			advice: "see k6's messages above",
		},
	];
}

/** At the very end k6 may start or drop one session more than planned, which loses nothing. */
function dropped(samples: Samples, settings: Settings): Flag[] {
	const missing = Math.min(samples.dropped, sessionsOf(settings) - samples.tally.counts.sessionsTried);
	if (missing <= 0) return [];
	return [
		{
			code: "iterations_dropped",
			severity: "warning",
			message: `k6 had no free VU for ${missing} sessions and dropped them: no figure includes them`,
			advice: "raise --clients above the rate × the seconds that a session takes",
		},
	];
}
