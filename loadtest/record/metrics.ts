/** The names of what is timed. */

/**
 * What is timed. `ack` is response time (from the scheduled send), `ack_service` is service time (from the actual
 * send). Each phase of a connection starts where the one before ended, except `upgrade`, which runs beside
 * `socket_connect` from the Engine.IO handshake on. `connect` spans all phases up to the Socket.IO connect.
 * `fanout_*`: from the publisher's send to the first, median and last recipient. `recover`: from the cut to the first
 * ack after it. `gap`: between two events that one client of `listen` hears. `opening`: from the time at which a session
 * of the run was due to open to the end of its opening; the phases are those of sessions opened one at a time. In a
 * flow, `ack` is the sum of its timed steps, each of which has a metric of its own as well.
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
	"gap",
	"opening",
] as const;
/** The time of a flow's step, by its name. */
export type StepMetric = `step:${string}`;
export type Metric = (typeof METRICS)[number] | StepMetric;

/** Connection phases that follow one another. `upgrade` runs beside the Socket.IO connect. */
export const PHASES: readonly (readonly [Metric, string])[] = [
	["policy", "Flash policy"],
	["dns", "DNS"],
	["tcp", "TCP"],
	["tls", "TLS"],
	["engine_handshake", "Engine.IO handshake"],
	["socket_connect", "Socket.IO connect"],
	["first_ack", "first ack"],
];

/** Reads a metric's name; undefined for any other text. */
export function metricNamed(text: string): Metric | undefined {
	return METRICS.find((name) => name === text) ?? (/^step:./.test(text) ? (text as StepMetric) : undefined);
}

/** The metrics of groups, in the order of METRICS, then the steps in the order of their flow. */
export function metricsIn(groups: readonly { readonly metrics: object }[]): Metric[] {
	const found = new Set(groups.flatMap(({ metrics }) => Object.keys(metrics) as Metric[]));
	return [
		...METRICS.filter((name) => found.has(name)),
		...[...found].filter((name) => name.startsWith("step:")),
	];
}
