/** What one group has counted: added up in the workers, sent as differences, summed again by the run. */
import { Histogram } from "./histogram.ts";
import type { Counts, Group, HistogramRecord, Metric, MetricRecord } from "./result.ts";

/** What was counted since the last difference; JSON. */
export interface Delta {
	readonly counts: Counts;
	readonly errors: Readonly<Record<string, number>>;
	readonly windows: readonly { metric: Metric; second: number; histogram: HistogramRecord }[];
}

/** All counts at zero. */
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
	/** What is recorded here, dense and quick. */
	#live = new Map<Metric, Map<number, Histogram>>();
	/** What was added from elsewhere, sparse: an hour of seconds stays small. */
	readonly #kept = new Map<Metric, Map<number, HistogramRecord>>();

	/** Records `us` under a metric, in the second of measurement it was due. */
	record(metric: Metric, second: number, us: number): void {
		const seconds = inner(this.#live, metric);
		let histogram = seconds.get(second);
		if (histogram === undefined) {
			histogram = new Histogram();
			seconds.set(second, histogram);
		}
		histogram.record(us);
	}

	/** Counts an error by its kind. */
	fail(kind: string, times = 1): void {
		this.errors[kind] = (this.errors[kind] ?? 0) + times;
	}

	/** All recorded since the last call, and starts anew; null when there is nothing. */
	take(): Delta | null {
		const counted = Object.values(this.counts).some((count) => count !== 0);
		if (!counted && this.#live.size === 0 && Object.keys(this.errors).length === 0) return null;
		const delta = { counts: this.counts, errors: this.errors, windows: this.#takeLive() };
		this.counts = noCounts();
		this.errors = {};
		return delta;
	}

	#takeLive(): Delta["windows"] {
		const live = this.#live;
		this.#live = new Map();
		return [...live].flatMap(([metric, seconds]) =>
			[...seconds].map(([second, histogram]) => ({ metric, second, histogram: histogram.toRecord() })),
		);
	}

	/** Adds a difference taken elsewhere. */
	add(delta: Delta): void {
		for (const field of Object.keys(this.counts) as (keyof Counts)[])
			this.counts[field] += delta.counts[field];
		for (const [kind, times] of Object.entries(delta.errors)) this.fail(kind, times);
		this.#keep(delta.windows);
	}

	#keep(windows: Delta["windows"]): void {
		for (const { metric, second, histogram } of windows) {
			const seconds = inner(this.#kept, metric);
			const known = seconds.get(second);
			const sum = known && Histogram.fromRecord(known).mergeRecord(histogram).toRecord();
			seconds.set(second, sum ?? histogram);
		}
	}

	/** Everything of one metric in one histogram. */
	whole(metric: Metric): Histogram {
		this.#keep(this.#takeLive());
		const whole = new Histogram();
		for (const record of this.#kept.get(metric)?.values() ?? []) whole.mergeRecord(record);
		return whole;
	}

	/** The group as it stands in a result. */
	toGroup(head: Pick<Group, "transport" | "path" | "seconds">): Group {
		this.#keep(this.#takeLive());
		const metrics: Partial<Record<Metric, MetricRecord>> = {};
		for (const [metric, seconds] of this.#kept) {
			const windows = [...seconds].sort((a, b) => a[0] - b[0]);
			metrics[metric] = {
				histogram: this.whole(metric).toRecord(),
				windows: windows.map(([second, histogram]) => ({ second, histogram })),
			};
		}
		return { ...head, counts: { ...this.counts }, errors: { ...this.errors }, metrics };
	}
}

function inner<V>(map: Map<Metric, Map<number, V>>, metric: Metric): Map<number, V> {
	let seconds = map.get(metric);
	if (seconds === undefined) {
		seconds = new Map();
		map.set(metric, seconds);
	}
	return seconds;
}
