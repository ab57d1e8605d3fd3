/**
 * Connection phases, measured by sessions of their own: opened one at a time, before all others, while the event loop is
 * watched. In a crowd, a session's phases would be the queue of this process.
 */
import { OpenFailure } from "../client/failure.ts";
import type { LoadGroup } from "../client/load-group.ts";
import { endSession, openSession, type Session } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { sleepUntil } from "../pacing/pacer.ts";

/** Between two sessions, so that the target has closed the one before. */
const PAUSE_US = 20_000;
/** No further session is opened after this time: a slow target is measured by fewer. */
const PHASES_LIMIT_S = 3;
/** A session is not counted if the event loop was later than this: its own TLS handshakes keep it busy for up to half. */
const MAX_LATE_US = 10_000;
/** Of the sessions asked for, how often one that was not counted is made up for. */
const MAX_ATTEMPTS_FACTOR = 2;
/** How often the event loop is looked at while a session opens. */
const TICK_MS = 1;

/** The largest delay of the event loop since the last `take`, in µs. */
class LoopWatch {
	#expected = nowUs() + TICK_MS * 1000;
	#late = 0;
	readonly #timer = setInterval(() => this.#tick(), TICK_MS);

	#tick(): void {
		const now = nowUs();
		this.#late = Math.max(this.#late, now - this.#expected);
		this.#expected = now + TICK_MS * 1000;
	}

	take(): number {
		this.#tick();
		const late = this.#late;
		this.#late = 0;
		return late;
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}

/**
 * Opens up to `sessions` sessions, as the clients of these numbers in turn, and records their phases. One during whose
 * opening the event loop was late is not counted; returns how many these were.
 */
export async function measurePhases(
	group: LoadGroup,
	numbers: readonly number[],
	sessions: number,
	stop: AbortSignal,
): Promise<number> {
	const watch = new LoopWatch();
	const end = nowUs() + PHASES_LIMIT_S * 1e6;
	let disturbed = 0;
	let done = 0;
	// Code that no session has run before is slow: the first one is not measured.
	let isFirst = true;
	let attempts = sessions * MAX_ATTEMPTS_FACTOR;
	for (let n = 0; done < sessions && attempts > 0 && nowUs() < end && !stop.aborted; n++) {
		watch.take();
		const session = await tryOpen(group, numbers[n % numbers.length]!);
		const isLate = watch.take() > MAX_LATE_US;
		if (isFirst) isFirst = false;
		else {
			attempts -= 1;
			if (session !== null && isLate) disturbed += 1;
			else done += 1;
			if (session !== null && !isLate) group.recordPhases(session, 0);
		}
		if (session !== null) await endSession(session);
		await sleepUntil(nowUs() + PAUSE_US, stop);
	}
	watch.stop();
	return disturbed;
}

/** Null when it fails: the run's own sessions then fail too, and are counted. */
async function tryOpen(group: LoadGroup, number: number): Promise<Session | null> {
	try {
		return await openSession({ ...group.optionsOf(number), reconnection: false });
	} catch (error) {
		if (error instanceof OpenFailure) return null;
		throw error;
	}
}
