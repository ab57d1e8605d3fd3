/** What one group has counted: added up in the workers, sent as differences, summed again by the run. */
import { Histogram } from "./histogram.ts";
import type { Counts, Group, HistogramRecord, Metric, MetricRecord } from "./result.ts";

/** What was counted since the last difference; JSON. */
export interface Delta {
	readonly counts: Counts;
	readonly errors: Readonly<Record<string, number>>;
	readonly windows: readonly { metric: Metric; second: number; histogram: HistogramRecord }[];
}

export function noCounts(): Counts {
	return {
		sessionsTried: 0,
		sessionsOpen: 0,
		sessionsLost: 0,
		due: 0,
		sent: 0,
		received: 0,
		lost: 0,
		doubled: 0,
		reordered: 0,
		late: 0,
		timedOut: 0,
		bytesSent: 0,
		bytesReceived: 0,
		requests: 0,
	};
}

/** A group's counts, errors and one histogram for each metric and second. */
export class Tally {
	counts = noCounts();
	errors: Record<string, number> = {};
	#windows = new Map<Metric, Map<number, Histogram>>();

	/** Records `us` under a metric, in the second of measurement it was due. */
	record(metric: Metric, second: number, us: number): void {
		this.#window(metric, second).record(us);
	}

	/** Counts an error by its kind. */
	fail(kind: string, times = 1): void {
		this.errors[kind] = (this.errors[kind] ?? 0) + times;
	}

	#window(metric: Metric, second: number): Histogram {
		let seconds = this.#windows.get(metric);
		if (seconds === undefined) {
			seconds = new Map();
			this.#windows.set(metric, seconds);
		}
		let histogram = seconds.get(second);
		if (histogram === undefined) {
			histogram = new Histogram();
			seconds.set(second, histogram);
		}
		return histogram;
	}

	/** All since the last call, and starts anew; null when there is nothing. */
	take(): Delta | null {
		const counted = Object.values(this.counts).some((count) => count !== 0);
		if (!counted && this.#windows.size === 0 && Object.keys(this.errors).length === 0) return null;
		const windows = [...this.#entries()].map(([metric, second, histogram]) => ({
			metric,
			second,
			histogram: histogram.toRecord(),
		}));
		const delta = { counts: this.counts, errors: this.errors, windows };
		this.counts = noCounts();
		this.errors = {};
		this.#windows = new Map();
		return delta;
	}

	*#entries(): Generator<[Metric, number, Histogram]> {
		for (const [metric, seconds] of this.#windows)
			for (const [second, histogram] of seconds) yield [metric, second, histogram];
	}

	/** Adds a difference taken elsewhere. */
	add(delta: Delta): void {
		for (const field of Object.keys(this.counts) as (keyof Counts)[])
			this.counts[field] += delta.counts[field];
		for (const [kind, times] of Object.entries(delta.errors)) this.fail(kind, times);
		for (const { metric, second, histogram } of delta.windows)
			this.#window(metric, second).mergeRecord(histogram);
	}

	/** Everything of one metric in one histogram. */
	whole(metric: Metric): Histogram {
		const whole = new Histogram();
		for (const histogram of this.#windows.get(metric)?.values() ?? []) whole.merge(histogram);
		return whole;
	}

	/** The group as it stands in a result. */
	toGroup(head: Pick<Group, "transport" | "path" | "seconds">): Group {
		const metrics: Partial<Record<Metric, MetricRecord>> = {};
		for (const [metric, seconds] of this.#windows) {
			const windows = [...seconds].sort((a, b) => a[0] - b[0]);
			metrics[metric] = {
				histogram: this.whole(metric).toRecord(),
				windows: windows.map(([second, histogram]) => ({ second, histogram: histogram.toRecord() })),
			};
		}
		return { ...head, counts: { ...this.counts }, errors: { ...this.errors }, metrics };
	}
}
