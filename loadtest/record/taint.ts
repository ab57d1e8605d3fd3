/** Tainted seconds: those in which the load generator's own delays would pass for the target's. */
import { Histogram } from "./histogram.ts";
import type { GeneratorWindow, Group, Metric } from "./result.ts";

/** Event-loop utilisation above which messages queue in the generator. */
const MAX_ELU = 0.7;
/** Share of sends that left late. */
export const MAX_LATE_SHARE = 0.05;
/** A second is tainted by a loop delay above both of these: an absolute one, and a share of the p99 measured in it. */
export const TOLERATED_DELAY_US = 20_000;
const TOLERATED_DELAY_SHARE = 0.2;

/** Metrics timed closely enough that a busy event loop would show in them. */
const TIMED: readonly Metric[] = ["ack", "connect", "recover", "fanout_last"];

/** Whether a second is tainted. `p99` is the largest p99 (µs) measured in it; NaN = none. */
export function isTainted(window: GeneratorWindow, p99: number): boolean {
	if (window.elu > MAX_ELU) return true;
	if (window.due > 0 && window.late / window.due > MAX_LATE_SHARE) return true;
	return window.loopDelayP99 > Math.max(TOLERATED_DELAY_US, TOLERATED_DELAY_SHARE * p99);
}

/** The same windows, each marked as tainted or not by the latencies measured in its second. */
export function withTaint(
	windows: readonly GeneratorWindow[],
	groups: readonly Group[],
	timed = TIMED,
): GeneratorWindow[] {
	const p99 = new Map<number, number>();
	for (const { metrics } of groups)
		for (const metric of timed)
			for (const { second, histogram } of metrics[metric]?.windows ?? []) {
				const here = Histogram.fromRecord(histogram).quantile(0.99);
				p99.set(second, Math.max(p99.get(second) ?? 0, here));
			}
	return windows.map((window) => ({
		...window,
		tainted: isTainted(window, p99.get(window.second) ?? Number.NaN),
	}));
}
