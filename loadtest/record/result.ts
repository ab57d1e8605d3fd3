/**
 * The result of one load run: what the swarm and the k6 runner write, and report, merge and compare read. Times are
 * whole microseconds unless a name says otherwise. Load groups, windows and histograms of two results of the same
 * plan merge exactly, by adding counts.
 */
import {
	amount,
	flag,
	list,
	oneOf,
	optional,
	type Read,
	type Reader,
	record,
	required,
	tableOf,
	text,
	wholeNumber,
} from "../../worker/config/fields.ts";
import { TRANSPORTS } from "../plan/load-group.ts";
import { planShape } from "../plan/stored-plan.ts";
import { METRICS, metricNamed, type StepMetric } from "./metrics.ts";

export { TRANSPORTS, type Transport } from "../plan/load-group.ts";
export type { PlanRecord } from "../plan/stored-plan.ts";
export { METRICS, type Metric, metricNamed, metricsIn, type StepMetric } from "./metrics.ts";

export const RESULT_KIND = "sticky-edge/result";
/** Raised when a reader of the previous version would misread a file; added fields do not raise it. */
export const RESULT_VERSION = 1;

const count = required(wholeNumber(0, Number.MAX_SAFE_INTEGER, 0));
const name = text(/./, "give a non-empty string");
const anyText = text(/^/, "give a string");
const yesOrNo = required(flag(false));

/** A table in a result file; fields that a later version adds are dropped. */
function table<S extends Record<string, Reader<unknown>>>(shape: S) {
	return required(record(shape, "result"));
}

function items<T>(item: Reader<T>) {
	return required(list(item));
}

/** Exactly this value. */
function constant<const T extends number>(expected: T): Reader<T> {
	return (value, at, problems) => {
		if (value !== expected) problems.push(`${at}: ${JSON.stringify(value)} is not ${expected}`);
		return expected;
	};
}

/** A number, which may be negative. */
const number: Reader<number> = (value, at, problems) => {
	if (typeof value === "number") return value;
	problems.push(`${at}: ${JSON.stringify(value)} is not a number`);
	return 0;
};

/**
 * A sparse log-linear histogram (see histogram.ts): `buckets` holds pairs, the bucket's index as its
 * distance from the bucket before it, then its count. Min, max and sum are exact.
 */
export const histogramShape = table({
	unit: required(oneOf(["us"])),
	subBuckets: constant(128),
	count,
	min: amount,
	max: amount,
	sum: amount,
	buckets: items(count),
});
export type HistogramRecord = Read<typeof histogramShape>;

/** One second of one metric: `second` counts from the start of measurement. */
const windowShape = table({ second: count, histogram: histogramShape });
export type Window = Read<typeof windowShape>;

const metricShape = table({ histogram: histogramShape, windows: items(windowShape) });
export type MetricRecord = Read<typeof metricShape>;

/** The metrics that were measured. */
export type Metrics = { [Name in (typeof METRICS)[number]]?: MetricRecord } & {
	[step: StepMetric]: MetricRecord;
};

const metricTable: Reader<Metrics> = (value, at, problems) => {
	for (const name of Object.keys(Object(value)).filter((name) => metricNamed(name) === undefined))
		problems.push(`${at}.${name}: no such field; the fields are ${METRICS.join(", ")} and step:NAME`);
	return tableOf(metricShape)(value, at, problems) as Metrics;
};

/** Counts of one load group over the measured time; acks that arrive during the drain count. */
const countsShape = table({
	/** Sessions attempted, opened, and lost before the run ended. */
	sessionsTried: count,
	sessionsOpen: count,
	sessionsLost: count,
	/** Messages due by the schedule; sent; acknowledged; never acknowledged; acknowledged twice; out of order. */
	due: count,
	sent: count,
	received: count,
	lost: count,
	doubled: count,
	reordered: count,
	/** Sent more than 5 ms after they were due. */
	late: count,
	/** Lost by the ack timeout (part of `lost`; they are in the histogram with the timeout as their time). */
	timedOut: count,
	bytesSent: count,
	bytesReceived: count,
	/** HTTP requests and WebSocket handshakes, where the client can count them. */
	requests: count,
});
export type Counts = Read<typeof countsShape>;

/** One load group: a transport on a path. */
const groupShape = table({
	transport: required(oneOf(TRANSPORTS)),
	path: name,
	/** Seconds in which this group was measured: interleaved groups share the run's time. */
	seconds: amount,
	counts: countsShape,
	/** How often each kind of error occurred: `timeout`, `connect_refused`, `tls`, `engine_1` … */
	errors: required(tableOf(count)) as Reader<Record<string, number>>,
	/** Up to five of the server's own texts for each kind of error, without secrets. */
	samples: optional(tableOf(items(anyText))) as Reader<Record<string, string[]> | undefined>,
	metrics: required(metricTable),
});
export type Group = Read<typeof groupShape>;

/**
 * How values of one figure become one: those of worker processes and machines are added up, or the largest is kept; a
 * derived figure is computed again from what was added up.
 */
const COMBINE = ["sum", "max", "derived"] as const;
export type Combine = Exclude<(typeof COMBINE)[number], "derived">;

/**
 * A figure that is not a message's latency: a scenario's finding, memory, or CPU. `path` and `transport` name its group.
 * Older results do not say how a figure combines.
 */
const figureShape = table({
	name,
	value: number,
	unit: anyText,
	transport: optional(oneOf(TRANSPORTS)),
	path: optional(anyText),
	combine: optional(oneOf(COMBINE)),
});
export type Figure = Read<typeof figureShape>;

/** A doubt about the run (doubts.ts has all of this version). `invalid` makes the run invalid. */
const flagShape = table({
	code: name,
	severity: required(oneOf(["info", "warning", "invalid"])),
	message: anyText,
	advice: anyText,
});
export type Flag = Read<typeof flagShape>;

/** The generator's own state in one second, the worst over its processes. */
const generatorWindowShape = table({
	second: count,
	/** Event-loop utilisation, 0 to 1 (node:perf_hooks). */
	elu: amount,
	loopDelayP99: amount,
	gcPause: amount,
	due: count,
	sent: count,
	late: count,
	tainted: yesOrNo,
});
export type GeneratorWindow = Read<typeof generatorWindowShape>;

const environmentShape = table({
	tool: anyText,
	versions: required(tableOf(anyText)) as Reader<Record<string, string>>,
	os: anyText,
	cpu: anyText,
	cpus: count,
	memoryBytes: count,
	/** All targets are on this host: generator, edge and nodes share its processors. */
	loopback: yesOrNo,
	clock: anyText,
});
export type Environment = Read<typeof environmentShape>;

export const resultShape = table({
	kind: required(oneOf([RESULT_KIND])),
	version: constant(RESULT_VERSION),
	id: name,
	/** ISO 8601, UTC. */
	startedAt: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "give a time in UTC, as ISO 8601"),
	/** Runs made together for comparison share a series; `index` counts from 1. */
	series: table({ id: name, index: count, of: count }),
	environment: environmentShape,
	plan: planShape,
	groups: items(groupShape),
	generator: items(generatorWindowShape),
	/** The generator while the sessions opened; seconds from the first one on. */
	opening: optional(list(generatorWindowShape)),
	outcomes: optional(list(figureShape)),
	validity: table({ valid: yesOrNo, flags: items(flagShape) }),
	/** Thresholds of the user's own that the run crossed, as k6 names them. */
	crossedThresholds: optional(list(anyText)),
	/** Ended by a signal: the result covers the time until then. */
	interrupted: yesOrNo,
});
export type Result = Read<typeof resultShape>;
