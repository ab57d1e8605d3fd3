/** Translates settings to k6's options. Imports nothing from k6. */
import type { Options, Scenario, Threshold } from "k6/options";
import { MEASURES } from "./measures.ts";
import type { Settings } from "./settings.ts";

/** The `options` export of a script; `readPem` reads the files of a client certificate (`open` in k6). */
export function optionsFor(settings: Settings, readPem: (file: string) => string): Options {
	const { cert } = settings;
	return {
		scenarios: { [settings.scenario]: arrivals(settings) },
		thresholds: thresholdsFor(settings),
		insecureSkipTLSVerify: settings.insecure,
		tlsVersion: { min: settings.tlsMin, max: "tls1.3" },
		...(cert !== null && { tlsAuth: [{ cert: readPem(cert.certFile), key: readPem(cert.keyFile) }] }),
		// Each session opens its own connections, like a new visitor.
		noVUConnectionReuse: true,
		// A redirect counts as the answer of the target and is not followed.
		maxRedirects: 0,
		// Without `url` and `ip`, so that sid, t and the user's query stay out of the samples. `vu` is metadata, not a
		// tag, and creates no time series; the runner needs it to find the poll that brought an ack.
		systemTags: ["status", "method", "name", "scenario", "error_code", "tls_version", "vu"],
		tags: { transport: settings.transport },
		summaryTrendStats: ["count", "min", "p(50)", "p(90)", "p(95)", "p(99)", "max"],
	};
}

/** Seconds until all sessions of `echo` have arrived; k6 accepts no executor shorter than 1 s. */
export function arrivalSeconds({ clients, connectRate }: Settings): number {
	return Math.max(1, clients / connectRate);
}

/** The number of sessions in a run. */
export function sessionsOf({ scenario, clients, rate, duration }: Settings): number {
	return scenario === "echo" ? clients : Math.round(rate * duration);
}

/** An arrival-rate executor: k6 starts sessions on schedule, however long earlier ones take to open. */
function arrivals(settings: Settings): Scenario {
	const { clients, rate, duration } = settings;
	const rest = {
		executor: "constant-arrival-rate" as const,
		// One spare VU: at the very end the executor may start one session too many, which then leaves at once
		// (script.ts) instead of being reported as dropped.
		preAllocatedVUs: clients + 1,
		maxVUs: clients + 1,
		// Sessions end by themselves; this only limits one that hangs.
		gracefulStop: milliseconds(longestStay(settings)),
	};
	if (settings.scenario === "connect")
		return { ...rest, ...perSecond(rate), duration: milliseconds(duration) };
	const arriving = milliseconds(arrivalSeconds(settings));
	return { ...rest, rate: clients, timeUnit: arriving, duration: arriving };
}

/** Seconds that the last session may take from its arrival on. */
function longestStay({ scenario, warmup, duration, connectTimeout, ackTimeout }: Settings): number {
	return (scenario === "echo" ? warmup + duration : 0) + connectTimeout + ackTimeout + 5;
}

/** Seconds after which k6 must have ended, its start aside. */
export function longestRun(settings: Settings): number {
	const arriving = settings.scenario === "echo" ? arrivalSeconds(settings) : settings.duration;
	return arriving + longestStay(settings);
}

/** k6 needs a whole number of iterations per time unit: 2.5 per second become 2500 in 1000 seconds. */
function perSecond(rate: number): { rate: number; timeUnit: string } {
	return Number.isInteger(rate)
		? { rate, timeUnit: "1s" }
		: { rate: Math.round(rate * 1000), timeUnit: "1000s" };
}

function milliseconds(seconds: number): string {
	return `${Math.round(seconds * 1000)}ms`;
}

/**
 * Conditions that must hold at the end. A target that accepts no session ends the run early, and losses are limited as
 * in the swarm: the runner finds both in the counts, so these only serve a script that is run without it.
 */
function thresholdsFor(settings: Settings): Record<string, Threshold[]> {
	const { transport, maxLoss, scenario } = settings;
	const [connected, acked] = [MEASURES.connected, MEASURES.acked].map((name) => tagged(name, transport)) as [
		string,
		string,
	];
	const own = ownThresholds(settings);
	const opened = { threshold: "rate>0", abortOnFail: true, delayAbortEval: "2s" };
	// Without the rounding 1 − 0.42 is a little more than 0.58.
	const answered = `rate>=${Number((1 - maxLoss / 100).toFixed(9))}`;
	return {
		...(scenario === "echo" && { [acked]: [answered] }),
		...own,
		[connected]: [opened, ...(own[connected] ?? [])],
	};
}

/** The thresholds that the user has set, by metric. */
export function ownThresholds(settings: Settings): Record<string, string[]> {
	const { transport, scenario, ackP95Ms, loopLagP95Ms, ackedShare, connectedShare } = settings;
	const isEcho = scenario === "echo";
	return {
		...(connectedShare !== null && { [tagged(MEASURES.connected, transport)]: [`rate>=${connectedShare}`] }),
		...(loopLagP95Ms !== null && { [tagged(MEASURES.loopLag, transport)]: [`p(95)<${loopLagP95Ms}`] }),
		...(isEcho && ackP95Ms !== null && { [tagged(MEASURES.ack, transport)]: [`p(95)<${ackP95Ms}`] }),
		...(isEcho && ackedShare !== null && { [tagged(MEASURES.acked, transport)]: [`rate>=${ackedShare}`] }),
	};
}

/** k6 reports a measure per tag only where a threshold names the tag. */
function tagged(measure: string, transport: string): string {
	return `${measure}{transport:${transport}}`;
}
