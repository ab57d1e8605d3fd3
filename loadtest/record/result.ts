/**
 * The result of one load run: what the swarm and the k6 runner write, and report, merge and compare read. Times are
 * whole microseconds unless a name says otherwise. Load groups, windows and histograms of two results of the same
 * plan merge exactly, by adding counts.
 */
import { z } from "zod";
import { TRANSPORTS } from "../plan/load-group.ts";
import { planShape } from "../plan/stored-plan.ts";

export { TRANSPORTS, type Transport } from "../plan/load-group.ts";
export type { PlanRecord } from "../plan/stored-plan.ts";

export const RESULT_KIND = "sticky-edge/result";
/** Raised when a reader of the previous version would misread a file; added fields do not raise it. */
export const RESULT_VERSION = 1;

/**
 * What is timed. `ack` is response time (from the scheduled send), `ack_service` is service time (from the actual
 * send). Each phase of a connection starts where the one before ended, except `upgrade`, which runs beside
 * `socket_connect` from the Engine.IO handshake on. `connect` spans all phases up to the Socket.IO connect.
 * `fanout_*`: from the publisher's send to the first, median and last recipient. `recover`: from the cut to the first
 * ack after it.
 */
export const METRICS = [
	"ack",
	"ack_service",
	"policy",
	"dns",
	"tcp",
	"tls",
	"engine_handshake",
	"socket_connect",
	"upgrade",
	"first_ack",
	"connect",
	"fanout_first",
	"fanout_median",
	"fanout_last",
	"recover",
] as const;
export type Metric = (typeof METRICS)[number];

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/**
 * A sparse log-linear histogram (see histogram.ts): `buckets` holds pairs, the bucket's index as its
 * distance from the bucket before it, then its count. Min, max and sum are exact.
 */
export const histogramShape = z.object({
	unit: z.literal("us"),
	subBuckets: z.literal(128),
	count,
	min: amount,
	max: amount,
	sum: amount,
	buckets: z.array(count),
});
export type HistogramRecord = z.infer<typeof histogramShape>;

/** One second of one metric: `second` counts from the start of measurement. */
export const windowShape = z.object({ second: count, histogram: histogramShape });
export type Window = z.infer<typeof windowShape>;

export const metricShape = z.object({ histogram: histogramShape, windows: z.array(windowShape) });
export type MetricRecord = z.infer<typeof metricShape>;

/** Counts of one load group over the measured time; acks that arrive during the drain count. */
export const countsShape = z.object({
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
export type Counts = z.infer<typeof countsShape>;

/** One load group: a transport on a path. */
export const groupShape = z.object({
	transport: z.enum(TRANSPORTS),
	path: z.string().min(1),
	/** Seconds in which this group was measured: interleaved groups share the run's time. */
	seconds: amount,
	counts: countsShape,
	/** How often each kind of error occurred: `timeout`, `connect_refused`, `tls`, `engine_1` … */
	errors: z.record(z.string(), count),
	metrics: z.partialRecord(z.enum(METRICS), metricShape),
});
export type Group = z.infer<typeof groupShape>;

/** A figure that is not a message's latency: a scenario's finding, or memory. `path` and `transport` name its group. */
export const figureShape = z.object({
	name: z.string().min(1),
	value: z.number(),
	unit: z.string(),
	transport: z.enum(TRANSPORTS).optional(),
	path: z.string().optional(),
});
export type Figure = z.infer<typeof figureShape>;

/** A doubt about the run (doubts.ts has all of this version). `invalid` makes the run invalid. */
export const flagShape = z.object({
	code: z.string().min(1),
	severity: z.enum(["info", "warning", "invalid"]),
	message: z.string(),
	advice: z.string(),
});
export type Flag = z.infer<typeof flagShape>;

/** The generator's own state in one second, the worst over its processes. */
export const generatorWindowShape = z.object({
	second: count,
	/** Event-loop utilisation, 0 to 1 (node:perf_hooks). */
	elu: amount,
	loopDelayP99: amount,
	gcPause: amount,
	due: count,
	sent: count,
	late: count,
	tainted: z.boolean(),
});
export type GeneratorWindow = z.infer<typeof generatorWindowShape>;

export const environmentShape = z.object({
	tool: z.string(),
	versions: z.record(z.string(), z.string()),
	os: z.string(),
	cpu: z.string(),
	cpus: count,
	memoryBytes: count,
	/** All targets are on this host: generator, edge and nodes share its processors. */
	loopback: z.boolean(),
	clock: z.string(),
});
export type Environment = z.infer<typeof environmentShape>;

export const resultShape = z.object({
	kind: z.literal(RESULT_KIND),
	version: z.literal(RESULT_VERSION),
	id: z.string().min(1),
	/** ISO 8601, UTC. */
	startedAt: z.iso.datetime(),
	/** Runs made together for comparison share a series; `index` counts from 1. */
	series: z.object({ id: z.string().min(1), index: count, of: count }),
	environment: environmentShape,
	plan: planShape,
	groups: z.array(groupShape),
	generator: z.array(generatorWindowShape),
	outcomes: z.array(figureShape).optional(),
	validity: z.object({ valid: z.boolean(), flags: z.array(flagShape) }),
	/** Ended by a signal: the result covers the time until then. */
	interrupted: z.boolean(),
});
export type Result = z.infer<typeof resultShape>;
