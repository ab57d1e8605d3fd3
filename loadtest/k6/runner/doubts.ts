/** Doubts about a run that only k6 can raise; record/doubts.ts has their words, and the doubts of every run. */
import { type Doubt, type DoubtedRun, doubt } from "../../record/doubts.ts";
import { sessionsOf } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import type { Samples } from "./samples.ts";

/** `code` is k6's exit code, null = ended by a signal. Pure. */
export function k6Doubts(
	samples: Samples,
	settings: Settings,
	code: number | null,
	run: DoubtedRun,
): Doubt[] {
	return [...failureDoubts(code, run), ...droppedDoubts(samples, settings, run)];
}

/** 99: a threshold was crossed, which is a finding and no doubt; 105: interrupted, which the result says itself. */
function failureDoubts(code: number | null, run: DoubtedRun): Doubt[] {
	if (code === 0 || code === 99 || code === 105) return [];
	return [doubt(run, "k6_failed", "invalid", { code })];
}

/** k6 may start, or drop, one session more than planned at the very end, which is no loss. */
function droppedDoubts(samples: Samples, settings: Settings, run: DoubtedRun): Doubt[] {
	const missing = Math.min(samples.dropped, sessionsOf(settings) - samples.tally.counts.sessionsTried);
	return missing > 0 ? [doubt(run, "iterations_dropped", "warning", { missing })] : [];
}
