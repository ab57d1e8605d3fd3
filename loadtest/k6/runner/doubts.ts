/** Doubts that only a k6 run can raise; record/doubts.ts has their texts, and the doubts about every run. */
import { type Doubt, type DoubtedRun, doubt } from "../../record/doubts.ts";
import { sessionsOf } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import type { Samples } from "./samples.ts";

/** The doubts. `code` is k6's exit code, null when a signal ended it. */
export function k6Doubts(
	samples: Samples,
	settings: Settings,
	code: number | null,
	run: DoubtedRun,
): Doubt[] {
	return [...failureDoubts(code, run), ...droppedDoubts(samples, settings, run)];
}

/** 99 (a threshold was crossed) is a finding, not a doubt; 105 (interrupted) is recorded in the result itself. */
function failureDoubts(code: number | null, run: DoubtedRun): Doubt[] {
	if (code === 0 || code === 99 || code === 105) return [];
	return [doubt(run, "k6_failed", "invalid", { code })];
}

/** At the very end k6 may start or drop one session more than planned, which loses nothing. */
function droppedDoubts(samples: Samples, settings: Settings, run: DoubtedRun): Doubt[] {
	const missing = Math.min(samples.dropped, sessionsOf(settings) - samples.tally.counts.sessionsTried);
	return missing > 0 ? [doubt(run, "iterations_dropped", "warning", { missing })] : [];
}
