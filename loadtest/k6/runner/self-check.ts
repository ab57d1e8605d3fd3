/** k6's own state second by second, in the shape of the swarm's: a busy generator measures itself. */
import { Histogram } from "../../record/histogram.ts";
import type { GeneratorWindow, Group } from "../../record/result.ts";
import { withTaint } from "../../record/taint.ts";
import { type CpuReading, shareBetween } from "./cpu.ts";

/** What one second's samples tell of the generator. */
export class SecondCheck {
	readonly lag = new Histogram();
	due = 0;
	sent = 0;
	late = 0;
}

export interface SelfCheck {
	/** By second of measurement. */
	readonly seconds: ReadonlyMap<number, SecondCheck>;
	/** Start of measurement, epoch ms; how long it lasted, seconds. */
	readonly start: number;
	readonly measured: number;
	readonly cpu: readonly CpuReading[];
	readonly cpus: number;
}

/**
 * One window for each second that was measured. k6 has an event loop for each session and none of its own:
 * `elu` is the share of the processors its process used (Linux; 0 elsewhere), `loopDelayP99` how long frames
 * waited for the script. Go tells no pauses of its collector: `gcPause` is 0.
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
