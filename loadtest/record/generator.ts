/** The load generator's state by second, combined over its processes and machines. */
import type { GeneratorWindow } from "./result.ts";

/** One second of two processes: the worse of each figure, the sum of the sends. */
function combined(one: GeneratorWindow, other: GeneratorWindow): GeneratorWindow {
	return {
		second: one.second,
		elu: Math.max(one.elu, other.elu),
		loopDelayP99: Math.max(one.loopDelayP99, other.loopDelayP99),
		gcPause: Math.max(one.gcPause, other.gcPause),
		due: one.due + other.due,
		sent: one.sent + other.sent,
		late: one.late + other.late,
		tainted: one.tainted || other.tainted,
	};
}

/** One window for each second, in order. */
export function bySecond(windows: Iterable<GeneratorWindow>): GeneratorWindow[] {
	const seconds = new Map<number, GeneratorWindow>();
	for (const window of windows) {
		const known = seconds.get(window.second);
		seconds.set(window.second, known === undefined ? window : combined(known, window));
	}
	return [...seconds.values()].sort((a, b) => a.second - b.second);
}
