/** k6's own state second by second, in the swarm's format: a busy generator measures itself instead of the target. */
import { Histogram } from "../../record/histogram.ts";
import type { GeneratorWindow, Group } from "../../record/result.ts";
import { withTaint } from "../../record/taint.ts";
import { type CpuReading, shareBetween } from "./cpu.ts";

/** The samples of one second that describe the generator. */
export class SecondCheck {
	readonly lag = new Histogram();
	due = 0;
	sent = 0;
	late = 0;
}

export interface SelfCheck {
	/** By second of measurement. */
	readonly seconds: ReadonlyMap<number, SecondCheck>;
	/** Start of measurement in epoch ms, and its length in seconds. */
	readonly start: number;
	readonly measured: number;
	readonly cpu: readonly CpuReading[];
	readonly cpus: number;
}

/**
 * One window per measured second. k6 has an event loop per session and none of its own, so `elu` is the share of
 * the processors that its process used (Linux; 0 elsewhere), and `loopDelayP99` is how long frames waited for the
 * script. k6 does not report the pauses of Go's garbage collector: `gcPause` is 0.
 */
export function generatorWindows(check: SelfCheck, group: Group): GeneratorWindow[] {
	const windows: GeneratorWindow[] = [];
	for (let second = 0; second < check.measured; second++) windows.push(windowOf(check, second));
	return withTaint(windows, [group]);
}

function windowOf({ seconds, start, cpu, cpus }: SelfCheck, second: number): GeneratorWindow {
	const { lag, due, sent, late } = seconds.get(second) ?? new SecondCheck();
	const from = start + second * 1000;
	return {
		second,
		elu: shareBetween(cpu, from, from + 1000, cpus),
		loopDelayP99: lag.count > 0 ? lag.quantile(0.99) : 0,
		gcPause: 0,
		due,
		sent,
		late,
		tainted: false,
	};
}
