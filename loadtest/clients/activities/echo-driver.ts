/** Sends messages when they are due and times their answers. */
import type { Tally } from "../../record/tally.ts";
import type { Member } from "../client/client.ts";
import { nowUs } from "../pacing/clock.ts";
import type { SendCounts } from "../worker/self-check.ts";

/** A send later than this after it was due is counted as late (µs). */
export const LATE = 5000;

/** Answered messages that may stand before one that waits. */
const FORGOTTEN = 256;

interface Pending {
	readonly member: Member;
	readonly due: number;
	readonly sentAt: number;
	/** The second of measurement it belongs to; -1 in warm-up. */
	readonly second: number;
	readonly number: number;
	done: boolean;
}

/** What is sent, and how long its answer may take. */
export interface EchoOptions {
	readonly event: string;
	/** The event of the answer; empty = an acknowledgement. */
	readonly ack: string;
	/** Seconds. */
	readonly ackTimeout: number;
}

/** One group's messages in one slot. */
export class EchoDriver {
	readonly #options: EchoOptions;
	readonly #tally: Tally;
	readonly #sends: SendCounts;
	/** In order of sending; what lies before `first` is done. */
	#pending: Pending[] = [];
	#first = 0;
	#waiting = 0;
	#whenEmpty: () => void = () => {};

	constructor(options: EchoOptions, tally: Tally, sends: SendCounts) {
		this.#options = options;
		this.#tally = tally;
		this.#sends = sends;
	}

	/** Sends one message now, or counts it as not sent. `second` is -1 in warm-up, which is not counted. */
	send(member: Member | null, message: unknown, due: number, second: number): void {
		const sentAt = nowUs();
		const late = sentAt - due > LATE;
		this.#countDue(late, second >= 0);
		// An emit while disconnected would be queued, and its latency would be the reconnection's.
		if (!member?.open) return;
		this.#sends.sent += 1;
		if (second >= 0) this.#tally.counts.sent += 1;
		// What left a little early was not owed before: its response time is its service time.
		const pending: Pending = {
			member,
			due: Math.min(due, sentAt),
			sentAt,
			second,
			number: member.sent + 1,
			done: false,
		};
		this.#pending.push(pending);
		this.#waiting += 1;
		member.ask(this.#options.event, this.#options.ack, () => this.#answered(pending), message);
	}

	#countDue(late: boolean, counted: boolean): void {
		this.#sends.due += 1;
		if (late) this.#sends.late += 1;
		if (!counted) return;
		this.#tally.counts.due += 1;
		if (late) this.#tally.counts.late += 1;
	}

	#answered(pending: Pending): void {
		if (pending.done) return;
		const now = nowUs();
		const { member } = pending;
		const reordered = pending.number < member.newest;
		if (!reordered) member.newest = pending.number;
		if (pending.second >= 0) {
			this.#tally.counts.received += 1;
			if (reordered) this.#tally.counts.reordered += 1;
			this.#time(pending, now - pending.due, now - pending.sentAt);
		}
		this.#finish(pending);
	}

	#time(pending: Pending, response: number, service: number): void {
		this.#tally.record("ack", pending.second, response);
		this.#tally.record("ack_service", pending.second, service);
	}

	#finish(pending: Pending): void {
		pending.done = true;
		this.#waiting -= 1;
		this.#forget();
		if (this.#waiting === 0) this.#whenEmpty();
	}

	/** What is done is let go while it is young: kept for the next sweep, each would be copied by the collector. */
	#forget(): void {
		while (this.#pending[this.#first]?.done) this.#first += 1;
		if (this.#first === this.#pending.length) this.#pending.length = 0;
		else if (this.#first < FORGOTTEN) return;
		else this.#pending.splice(0, this.#first);
		this.#first = 0;
	}

	/** Gives up what waits beyond the time limit or on a closed session; call it about once a second. */
	sweep(): void {
		const limit = this.#options.ackTimeout * 1e6;
		const before = nowUs() - limit;
		const all = this.#pending;
		this.#pending = [];
		this.#first = 0;
		const left = all.filter((pending) => {
			if (pending.done) return false;
			const timedOut = pending.sentAt <= before;
			if (!timedOut && pending.member.open) return true;
			this.#giveUp(pending, timedOut, limit);
			return false;
		});
		this.#pending = left;
	}

	/** The limit stands in the tail for what never came: leaving it out would flatter a dead server. */
	#giveUp(pending: Pending, timedOut: boolean, limit: number): void {
		if (pending.second >= 0) {
			this.#tally.counts.lost += 1;
			if (timedOut) this.#tally.counts.timedOut += 1;
			this.#tally.fail(timedOut ? "ack_timeout" : "ack_lost_with_session");
			this.#time(pending, limit + pending.sentAt - pending.due, limit);
		}
		this.#finish(pending);
	}

	/** Resolves when every message is answered or given up. */
	drained(): Promise<void> {
		this.sweep();
		if (this.#waiting === 0) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setInterval(() => this.sweep(), 100);
			this.#whenEmpty = () => {
				clearInterval(timer);
				resolve();
			};
		});
	}
}
