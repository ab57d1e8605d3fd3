/** When k6's own state voids what it measured: doubts beside those every result is asked (record/validity.ts). */
import type { Flag } from "../../record/result.ts";
import { sessionsOf } from "../script/options.ts";
import type { Settings } from "../script/settings.ts";
import type { Samples } from "./samples.ts";

/** A larger share of late sends, and the generator measures itself (as the swarm's self-check has it). */
const MOST_LATE = 0.05;

/** Doubts of a k6 run. `code` is k6's exit code, null = ended by a signal. Pure. */
export function k6Doubts(samples: Samples, settings: Settings, code: number | null): Flag[] {
	return [...stopped(code), ...busy(samples, settings), ...late(samples), ...dropped(samples, settings)];
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

function busy({ loopLag }: Samples, { loopLagP95Ms }: Settings): Flag[] {
	const lag = loopLag.quantile(0.95) / 1000;
	if (!(lag >= loopLagP95Ms)) return [];
	return [
		{
			code: "generator_busy",
			severity: "invalid",
			message: `frames waited ${lag.toFixed(1)} ms (p95) for k6's scripts, ${loopLagP95Ms} ms at most are trusted: it measured itself`,
			advice: "lower --rate or --clients, or run k6 on a machine of its own",
		},
	];
}

function late({ tally: { counts } }: Samples): Flag[] {
	if (counts.sent === 0 || counts.late / counts.sent <= MOST_LATE) return [];
	return [
		{
			code: "generator_late",
			severity: "invalid",
			message: `${counts.late} of ${counts.sent} messages were sent more than 5 ms after they were due`,
			advice: "lower --rate or --clients, or run k6 on a machine of its own",
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
