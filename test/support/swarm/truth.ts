/** What the swarm measures at servers of known delays, beside what they logged. Times in µs. */
import { runSwarm } from "../../../loadtest/clients/run/run.ts";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { Histogram } from "../../../loadtest/record/histogram.ts";
import type { Metric, Result } from "../../../loadtest/record/result.ts";
import { startDelayServer } from "./delay-server.ts";

/** A quantile of one path's metric. */
export function quantileAt(result: Result, path: string, metric: Metric, q: number): number {
	const group = result.groups.find((one) => one.path === path);
	return Histogram.fromRecord(group!.metrics[metric]!.histogram).quantile(q);
}

export interface Truth {
	readonly path: "slow" | "stalled";
	readonly acks: number;
	readonly logged: readonly number[];
	readonly p50: { readonly measured: number; readonly logged: number };
	readonly p99: { readonly measured: number; readonly logged: number };
}

export interface TruthRun {
	readonly result: Result;
	readonly truths: readonly Truth[];
	/** Quantiles of the path without delays: what generator, network and server take by themselves. */
	control(q: number): number;
}

/** Delays of 20 ms, 2 % of them 200 ms, on one path with a stall of a second; 200 messages per second for `duration` seconds. */
export async function runTruth(duration: number): Promise<TruthRun> {
	const delays = { usual: 20, slowPercent: 2, slow: 200 };
	await using control = await startDelayServer({ usual: 0, slowPercent: 0, slow: 0, stallFrom: 0 });
	await using slow = await startDelayServer({ ...delays, stallFrom: 0 });
	await using stalled = await startDelayServer({ ...delays, stallFrom: 150 });
	const paths = `control=${control.url},slow=${slow.url},stalled=${stalled.url}`;
	const load = { clients: 20, rate: 200, duration, warmup: 0, phaseSessions: 0 };
	const plan = planFrom({ paths, transports: ["websocket"], ...load });
	const result = await runSwarm(plan, { progress: () => {} }, new AbortController().signal);
	const truths: Truth[] = [];
	for (const [path, server] of [
		["slow", slow],
		["stalled", stalled],
	] as const) {
		// The first acknowledgements, of the preflight and of each session, are not part of the load.
		const log = (await server.log()).slice(plan.clients + 1);
		const both = (q: number) => ({ measured: quantileAt(result, path, "ack", q), logged: exact(log, q) });
		const acks = result.groups.find((group) => group.path === path)!.counts.received;
		truths.push({ path, acks, logged: log, p50: both(0.5), p99: both(0.99) });
	}
	return { result, truths, control: (q) => quantileAt(result, "control", "ack", q) };
}

function exact(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.ceil(q * sorted.length) - 1]!;
}
