/** What the generator knows of its own state, second by second: a busy generator measures itself. */
import { monitorEventLoopDelay, PerformanceObserver, performance } from "node:perf_hooks";
import type { GeneratorWindow } from "../../record/result.ts";

/** Milliseconds between the monitor's own ticks, which its figures include. */
const RESOLUTION = 100;

/** Counts of sends, as the activity keeps them. */
export interface SendCounts {
	due: number;
	sent: number;
	late: number;
}

/** Watches this process's event loop, collections and sends. */
export class SelfCheck {
	readonly sends: SendCounts = { due: 0, sent: 0, late: 0 };
	readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
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

	/** The time since the last call, as the window of that second; taint.ts judges it later. */
	take(second: number): GeneratorWindow {
		const now = performance.eventLoopUtilization();
		const elu = performance.eventLoopUtilization(now, this.#utilisation).utilization;
		const p99 = this.#delay.count > 0 ? this.#delay.percentile(99) / 1000 - RESOLUTION * 1000 : 0;
		const window = {
			second,
			elu: Number.isFinite(elu) ? Math.max(0, elu) : 0,
			loopDelayP99: Math.max(0, Math.round(p99)),
			gcPause: Math.round(this.#gcPause),
			...this.sends,
			tainted: false,
		};
		this.#utilisation = now;
		this.#delay.reset();
		this.#gcPause = 0;
		Object.assign(this.sends, { due: 0, sent: 0, late: 0 });
		return window;
	}
}
