/** The load generator's own state, second by second: a busy generator measures its own delays. */
import { monitorEventLoopDelay, PerformanceObserver, performance } from "node:perf_hooks";
import type { GeneratorWindow } from "../../record/result.ts";
import type { SendCounts } from "../pacing/sends.ts";

/** Time between the monitor's own ticks, which its figures include. */
const RESOLUTION_MS = 100;
const SECOND_MS = 1000;

/** Watches this process's event loop, garbage collections and sends. */
export class SelfCheck {
	/** Counted by the activity. */
	readonly sends: SendCounts = { due: 0, sent: 0, late: 0, waited: 0 };
	readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	#utilisation = performance.eventLoopUtilization();
	#gcPause = 0;
	readonly #observer = new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) this.#gcPause = Math.max(this.#gcPause, entry.duration * 1000);
	});

	start(): void {
		this.#delay.enable();
		this.#observer.observe({ entryTypes: ["gc"] });
		this.take(0);
	}

	stop(): void {
		this.#delay.disable();
		this.#observer.disconnect();
	}

	/**
	 * The state since the last call, as the window of that second; record/taint.ts decides later whether it is tainted.
	 * A slot ends with a fraction of a second, whose busy milliseconds count as a share of a whole one.
	 */
	take(second: number): GeneratorWindow {
		const now = performance.eventLoopUtilization();
		const { active, idle } = performance.eventLoopUtilization(now, this.#utilisation);
		const p99 = this.#delay.count > 0 ? this.#delay.percentile(99) / 1000 - RESOLUTION_MS * 1000 : 0;
		const { due, sent, late, waited } = this.sends;
		// The pacer keeps the loop awake while it waits for the next due time.
		const busy = Math.max(0, active - waited / 1000);
		const window = {
			second,
			elu: busy / Math.max(active + idle, SECOND_MS),
			loopDelayP99: Math.max(0, Math.round(p99)),
			gcPause: Math.round(this.#gcPause),
			...{ due, sent, late },
			tainted: false,
		};
		this.#utilisation = now;
		this.#delay.reset();
		this.#gcPause = 0;
		Object.assign(this.sends, { due: 0, sent: 0, late: 0, waited: 0 });
		return window;
	}
}
