/** Which seconds of a run measured the generator instead of the target (reference loadtest.md 3.4). */
import { Histogram } from "./histogram.ts";
import type { GeneratorWindow, Group, Metric } from "./result.ts";

/** Event-loop utilisation above which latencies grow by the generator's own queue. */
export const MOST_ELU = 0.7;
/** Share of sends more than 5 ms late. */
export const MOST_LATE = 0.05;
/** Loop delay (µs) that is never held against a second; above it, the share of the reported p99 allowed. */
export const LEAST_DELAY = 20_000;
const DELAY_SHARE = 0.2;

/** What is timed to the millisecond in a second: a busy loop would show in it. */
const TIMED: readonly Metric[] = ["ack", "connect", "recover", "fanout_last"];

/** Whether one second's latencies are the generator's. `p99` is the largest p99 (µs) measured in it; NaN = none. */
export function isTainted(window: GeneratorWindow, p99: number): boolean {
	if (window.elu > MOST_ELU) return true;
	if (window.due > 0 && window.late / window.due > MOST_LATE) return true;
	return window.loopDelayP99 > Math.max(LEAST_DELAY, DELAY_SHARE * p99);
}

/** The windows with each second judged by the latencies measured in it. */
export function judged(windows: readonly GeneratorWindow[], groups: readonly Group[]): GeneratorWindow[] {
	const p99 = new Map<number, number>();
	for (const { metrics } of groups)
		for (const metric of TIMED)
			for (const { second, histogram } of metrics[metric]?.windows ?? []) {
				const here = Histogram.fromRecord(histogram).quantile(0.99);
				p99.set(second, Math.max(p99.get(second) ?? 0, here));
			}
	return windows.map((window) => ({
		...window,
		tainted: isTainted(window, p99.get(window.second) ?? Number.NaN),
	}));
}
