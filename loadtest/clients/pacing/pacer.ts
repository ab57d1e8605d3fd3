/**
 * Acts on items at their due times: each is prepared shortly before, so that only the last step is left when it is
 * due. Node's timers are late by a millisecond or more, which would be added to every response time; so the event loop
 * sleeps only until the preparation, then stays awake. It goes on handling answers while it waits.
 */
import { nowUs } from "./clock.ts";
import type { SendCounts } from "./sends.ts";
import { type Due, Timetable } from "./timetable.ts";

/** How long before its due time an item is prepared: longer than a timer of Node is late, and than the preparation. */
const LEAD_US = 1000;
/** How much earlier a timer is set; a wait shorter than one tick of it and this is not left to a timer. */
const MARGIN_US = 300;
const SHORTEST_SLEEP_US = 1000 + MARGIN_US;
/** How long the event loop stays awake after it has acted: an answer that comes so soon finds it awake. */
const AWAKE_AFTER_US = 1000;
/** No preparation starts this soon before another item is due: it would delay it. */
const QUIET_US = 100;
/** A turn that lasts longer yields to answers, timers and orders, which a worker that is behind would otherwise never handle. */
const MAX_TURN_US = 10_000;
/** How long one turn looks at the clock before it gives way to answers: each turn leaves garbage, which is collected in pauses. */
const WAIT_IN_TURN_US = 20;
/** A turn of the event loop that does nothing takes about 3 µs; one that takes longer has handled an answer. */
const EMPTY_TURN_US = 20;

/** A prepared item: what is left to do when it is due. */
interface Prepared extends Due {
	readonly act: () => void;
}

/** What `pace` needs besides the items. */
export interface Pacing {
	/** Ends it early. */
	readonly stop: AbortSignal;
	/** Gets the time spent awake with nothing to do. */
	readonly sends: Pick<SendCounts, "waited">;
}

/**
 * Calls `prepare` for each item (in the order of their due times) up to a millisecond early, and the function that it
 * returns when the item is due: never early, and several in one turn when late. Resolves when nothing is left. When
 * `stop` is aborted, only the items that are prepared by then are still acted on.
 */
export function pace<T extends Due>(
	due: Iterator<T> | Timetable<T>,
	prepare: (item: T) => () => void,
	pacing: Pacing,
): Promise<void> {
	const timetable = due instanceof Timetable ? due : new Timetable(due);
	return new Promise((resolve) => {
		if (pacing.stop.aborted) resolve();
		else new Pacer(timetable, prepare, pacing, resolve).start();
	});
}

/** One call of `pace`. */
class Pacer<T extends Due> {
	readonly #timetable: Timetable<T>;
	readonly #prepare: (item: T) => () => void;
	readonly #pacing: Pacing;
	readonly #done: () => void;
	readonly #prepared: Prepared[] = [];
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;
	#actedAt = 0;
	/** When the last turn ended. */
	#waitingSince = 0;
	readonly #onTurn = () => this.#turn();
	/** One turn at a time is waiting, however many items are added before it begins. */
	readonly #wake = () => {
		clearTimeout(this.#timer);
		this.#immediate ??= setImmediate(this.#onTurn);
	};

	constructor(timetable: Timetable<T>, prepare: (item: T) => () => void, pacing: Pacing, done: () => void) {
		this.#timetable = timetable;
		this.#prepare = prepare;
		this.#pacing = pacing;
		this.#done = done;
	}

	start(): void {
		this.#pacing.stop.addEventListener("abort", this.#wake, { once: true });
		this.#timetable.listen(this.#wake);
		this.#turn();
	}

	#cancelTurn(): void {
		clearTimeout(this.#timer);
		clearImmediate(this.#immediate);
		this.#immediate = undefined;
	}

	#finish(): void {
		this.#cancelTurn();
		this.#timetable.listen(() => {});
		this.#pacing.stop.removeEventListener("abort", this.#wake);
		this.#done();
	}

	/** Does everything that is due now. */
	#turn(): void {
		const { stop, sends } = this.#pacing;
		this.#cancelTurn();
		const began = nowUs();
		if (began - this.#waitingSince < EMPTY_TURN_US) sends.waited += began - this.#waitingSince;
		let now = began;
		/** When the last thing was done. */
		let doneAt = began;
		while (now < began + MAX_TURN_US) {
			if (this.#step(now)) {
				now = nowUs();
				doneAt = now;
			} else if (now - doneAt < WAIT_IN_TURN_US && this.#sleepUs(now) === 0) {
				pauseProcessor();
				now = nowUs();
			} else break;
		}
		sends.waited += now - doneAt;
		this.#waitingSince = now;
		if (this.#prepared.length === 0 && (stop.aborted || this.#timetable.isOver)) this.#finish();
		else this.#sleep(now);
	}

	/** Does one thing that is due at `now`; false when nothing is. */
	#step(now: number): boolean {
		const first = this.#prepared[0];
		if (first !== undefined && first.at <= now) {
			this.#prepared.shift();
			first.act();
			this.#actedAt = now;
			return true;
		}
		const next = this.#pacing.stop.aborted ? null : this.#timetable.peek();
		if (next === null || !this.#isTimeFor(next, now)) return false;
		this.#timetable.take();
		this.#prepared.push({ at: next.at, act: this.#prepare(next) });
		return true;
	}

	#isTimeFor({ at }: T, now: number): boolean {
		if (at <= now) return true;
		const [first] = this.#prepared;
		return at - LEAD_US <= now && (first === undefined || (first.at <= at && first.at - now > QUIET_US));
	}

	/** How long the loop may sleep; 0 = it stays awake, because something is prepared or near, or it has just acted. */
	#sleepUs(now: number): number {
		if (this.#prepared.length > 0 || now - this.#actedAt < AWAKE_AFTER_US) return 0;
		const next = this.#timetable.peek();
		const sleep = next === null ? Number.POSITIVE_INFINITY : next.at - LEAD_US - now;
		return sleep < SHORTEST_SLEEP_US ? 0 : sleep;
	}

	#sleep(now: number): void {
		const sleep = this.#sleepUs(now);
		if (sleep === 0) this.#wake();
		// Whatever is still expected wakes the pacer when it is added.
		else if (Number.isFinite(sleep))
			this.#timer = setTimeout(this.#onTurn, Math.floor((sleep - MARGIN_US) / 1000));
	}
}

/** Newer than the types; older Nodes lack it. */
const { pause = () => {} } = Atomics as { pause?: () => void };

/** About 2 µs without garbage, which each look at the clock leaves. */
function pauseProcessor(): void {
	for (let i = 0; i < 40; i++) pause();
}

/** Resolves at a monotonic time (µs), to a millisecond or two, or when `stop` is aborted. */
export function sleepUntil(at: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (stop.aborted) return resolve();
		const end = () => {
			clearTimeout(timer);
			stop.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, Math.max(0, Math.ceil((at - nowUs()) / 1000)));
		stop.addEventListener("abort", end, { once: true });
	});
}
