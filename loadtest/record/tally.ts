/** Counts and times of one load group: counted in the workers, sent as deltas, summed again by the run. */
import { Histogram } from "./histogram.ts";
import type { Counts, Group, HistogramRecord, Metric, Metrics } from "./result.ts";

/** What was counted since the last delta; JSON. */
export interface Delta {
	readonly counts: Counts;
	readonly errors: Readonly<Record<string, number>>;
	/** Texts of the server, by kind of error. */
	readonly samples?: Samples;
	readonly windows: readonly { metric: Metric; second: number; histogram: HistogramRecord }[];
}

/** Different texts by kind of error. */
export type Samples = Readonly<Record<string, readonly string[]>>;

/** How many texts of one kind are kept. */
const MAX_SAMPLES = 5;

/** The samples of both, without repetitions. */
export function withSamples(samples: Samples, more: Samples): Samples {
	const added = Object.entries(more).map(([kind, texts]) => [
		kind,
		[...new Set([...(samples[kind] ?? []), ...texts])].slice(0, MAX_SAMPLES),
	]);
	return { ...samples, ...Object.fromEntries(added) };
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

/** A load group's counts, errors, and one histogram for each metric and second. */
export class Tally {
	counts = noCounts();
	errors: Record<string, number> = {};
	#samples: Samples = {};
	/** Times recorded here: dense, quick to add to. */
	#recorded = new Map<Metric, Map<number, Histogram>>();
	/** Times added from deltas: sparse, so that an hour of seconds stays small. */
	readonly #added = new Map<Metric, Map<number, HistogramRecord>>();

	/** Records a time (µs) of a metric in a second of measurement. */
	record(metric: Metric, second: number, us: number): void {
		const seconds = secondsOf(this.#recorded, metric);
		let histogram = seconds.get(second);
		if (histogram === undefined) {
			histogram = new Histogram();
			seconds.set(second, histogram);
		}
		histogram.record(us);
	}

	/** Counts an error by its kind; `text` is what the server said, without secrets. */
	fail(kind: string, times = 1, text = ""): void {
		this.errors[kind] = (this.errors[kind] ?? 0) + times;
		if (text !== "" && (this.#samples[kind]?.length ?? 0) < MAX_SAMPLES)
			this.#samples = withSamples(this.#samples, { [kind]: [text] });
	}

	/** The delta since the last call; null when there is none. */
	take(): Delta | null {
		const counted = Object.values(this.counts).some((count) => count !== 0);
		if (!counted && this.#recorded.size === 0 && Object.keys(this.errors).length === 0) return null;
		const { counts, errors } = this;
		const delta = { counts, errors, samples: this.#samples, windows: this.#takeRecorded() };
		this.counts = noCounts();
		this.errors = {};
		this.#samples = {};
		return delta;
	}

	#takeRecorded(): Delta["windows"] {
		const recorded = this.#recorded;
		this.#recorded = new Map();
		return [...recorded].flatMap(([metric, seconds]) =>
			[...seconds].map(([second, histogram]) => ({ metric, second, histogram: histogram.toRecord() })),
		);
	}

	/** Adds a delta taken elsewhere. */
	add(delta: Delta): void {
		for (const field of Object.keys(this.counts) as (keyof Counts)[])
			this.counts[field] += delta.counts[field];
		for (const [kind, times] of Object.entries(delta.errors)) this.fail(kind, times);
		this.#samples = withSamples(this.#samples, delta.samples ?? {});
		this.#addWindows(delta.windows);
	}

	#addWindows(windows: Delta["windows"]): void {
		for (const { metric, second, histogram } of windows) {
			const seconds = secondsOf(this.#added, metric);
			const known = seconds.get(second);
			const sum = known && Histogram.fromRecord(known).mergeRecord(histogram).toRecord();
			seconds.set(second, sum ?? histogram);
		}
	}

	/** Everything of one metric in one histogram. */
	whole(metric: Metric): Histogram {
		this.#addWindows(this.#takeRecorded());
		const whole = new Histogram();
		for (const record of this.#added.get(metric)?.values() ?? []) whole.mergeRecord(record);
		return whole;
	}

	/** The load group of a result. */
	toGroup(head: Pick<Group, "transport" | "path" | "seconds">): Group {
		this.#addWindows(this.#takeRecorded());
		const metrics: Metrics = {};
		for (const [metric, seconds] of this.#added) {
			const windows = [...seconds].sort((a, b) => a[0] - b[0]);
			metrics[metric] = {
				histogram: this.whole(metric).toRecord(),
				windows: windows.map(([second, histogram]) => ({ second, histogram })),
			};
		}
		const samples = Object.fromEntries(
			Object.entries(this.#samples).map(([kind, texts]) => [kind, [...texts]]),
		);
		const said = Object.keys(samples).length > 0 ? { samples } : {};
		return { ...head, counts: { ...this.counts }, errors: { ...this.errors }, ...said, metrics };
	}
}

function secondsOf<V>(map: Map<Metric, Map<number, V>>, metric: Metric): Map<number, V> {
	let seconds = map.get(metric);
	if (seconds === undefined) {
		seconds = new Map();
		map.set(metric, seconds);
	}
	return seconds;
}
