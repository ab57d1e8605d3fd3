/** Settings as k6's options. Imports nothing of k6. */
import type { Options, Scenario, Threshold } from "k6/options";
import { MEASURES } from "./measures.ts";
import type { Settings } from "./settings.ts";

/** What a script exports as `options`; `readPem` reads a client certificate's files (k6: `open`). */
export function optionsFor(settings: Settings, readPem: (file: string) => string): Options {
	const { cert } = settings;
	return {
		scenarios: { [settings.scenario]: arrivals(settings) },
		thresholds: thresholdsFor(settings),
		insecureSkipTLSVerify: settings.insecure,
		tlsVersion: { min: settings.tlsMin, max: "tls1.3" },
		...(cert !== null && { tlsAuth: [{ cert: readPem(cert.certFile), key: readPem(cert.keyFile) }] }),
		// Each session opens connections of its own, as a new visitor does.
		noVUConnectionReuse: true,
		// A redirect is an answer of the target, not something to follow.
		maxRedirects: 0,
		// Neither `url` nor `ip`: sid, t and a user's query stay out of the samples. `vu` is no tag but metadata,
		// which makes no time series of its own; the runner needs it to find the poll that brought an ack.
		systemTags: ["status", "method", "name", "scenario", "error_code", "tls_version", "vu"],
		tags: { transport: settings.transport },
		summaryTrendStats: ["count", "min", "p(50)", "p(90)", "p(99)", "max"],
	};
}

/** Seconds until all sessions of `echo` have arrived; k6 takes no executor shorter than one. */
export function arrivalSeconds({ clients, connectRate }: Settings): number {
	return Math.max(1, clients / connectRate);
}

/** How many sessions a run has in all. */
export function sessionsOf({ scenario, clients, rate, duration }: Settings): number {
	return scenario === "echo" ? clients : Math.round(rate * duration);
}

/** An arrival-rate executor: k6 starts sessions by the clock, however long the earlier ones take to open. */
function arrivals(settings: Settings): Scenario {
	const { clients, rate, duration, warmup, connectTimeout, ackTimeout } = settings;
	const stay = settings.scenario === "echo" ? warmup + duration : 0;
	const rest = {
		executor: "constant-arrival-rate" as const,
		// One to spare: the executor may start one session more in the last moment of its time, which then
		// leaves at once (script.ts) instead of being told as dropped.
		preAllocatedVUs: clients + 1,
		maxVUs: clients + 1,
		// A session ends by itself; this only bounds one that hangs.
		gracefulStop: milliseconds(stay + connectTimeout + ackTimeout + 5),
	};
	if (settings.scenario === "connect")
		return { ...rest, ...perSecond(rate), duration: milliseconds(duration) };
	const arriving = milliseconds(arrivalSeconds(settings));
	return { ...rest, rate: clients, timeUnit: arriving, duration: arriving };
}

/** k6 wants whole iterations a time unit: 2.5 a second are 2500 in 1000 seconds. */
function perSecond(rate: number): { rate: number; timeUnit: string } {
	return Number.isInteger(rate)
		? { rate, timeUnit: "1s" }
		: { rate: Math.round(rate * 1000), timeUnit: "1000s" };
}

function milliseconds(seconds: number): string {
	return `${Math.round(seconds * 1000)}ms`;
}

/** What must hold at the end; a target that takes no session ends the run early. */
function thresholdsFor(settings: Settings): Record<string, Threshold[]> {
	const { transport, ackP95Ms, loopLagP95Ms, ackedShare, connectedShare } = settings;
	const connected = { threshold: `rate>=${connectedShare}`, abortOnFail: true, delayAbortEval: "2s" };
	const always = {
		[tagged(MEASURES.connected, transport)]: [connected],
		[tagged(MEASURES.loopLag, transport)]: [`p(95)<${loopLagP95Ms}`],
	};
	if (settings.scenario === "connect") return always;
	return {
		...always,
		[tagged(MEASURES.ack, transport)]: [`p(95)<${ackP95Ms}`],
		[tagged(MEASURES.acked, transport)]: [`rate>=${ackedShare}`],
	};
}

/** A threshold on a tag is what makes k6 show a measure for that tag alone. */
function tagged(measure: string, transport: string): string {
	return `${measure}{transport:${transport}}`;
}
