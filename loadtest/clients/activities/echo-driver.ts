/** Sends messages and times their answers. */
import type { Tally } from "../../record/tally.ts";
import type { Client } from "../client/client.ts";
import { nowUs } from "../pacing/clock.ts";
import { countDue, type SendCounts } from "../pacing/sends.ts";

/** Finished messages that may be kept in front of one that waits. */
const MAX_FINISHED = 256;

interface Pending {
	readonly client: Client;
	readonly due: number;
	readonly sentAt: number;
	/** The second of measurement it belongs to; -1 in warm-up. */
	readonly second: number;
	readonly number: number;
	done: boolean;
}

/** The event to send, and how long its answer may take. */
export interface EchoOptions {
	readonly event: string;
	/** The event of the answer; empty = an acknowledgement. */
	readonly ack: string;
	/** Seconds. */
	readonly ackTimeout: number;
}

/** One load group's messages in one slot. */
export class EchoDriver {
	readonly #options: EchoOptions;
	readonly #tally: Tally;
	readonly #sends: SendCounts;
	/** In order of sending; those before `#first` are done. */
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
	send(client: Client | null, message: unknown, due: number, second: number): void {
		const sentAt = nowUs();
		const isLate = countDue(this.#sends, due, sentAt);
		if (second >= 0) {
			this.#tally.counts.due += 1;
			if (isLate) this.#tally.counts.late += 1;
		}
		// An emit while disconnected would be queued, and its latency would be the reconnection's.
		if (!client?.isOpen) return;
		this.#sends.sent += 1;
		if (second >= 0) this.#tally.counts.sent += 1;
		// A message that left a little early was not due before: its response time is its service time.
		const pending: Pending = {
			client,
			due: Math.min(due, sentAt),
			sentAt,
			second,
			number: client.sent + 1,
			done: false,
		};
		this.#pending.push(pending);
		this.#waiting += 1;
		client.send(this.#options.event, this.#options.ack, () => this.#answered(pending), message);
	}

	#answered(pending: Pending): void {
		if (pending.done) return;
		const now = nowUs();
		const { client } = pending;
		const reordered = pending.number < client.newest;
		if (!reordered) client.newest = pending.number;
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
		this.#dropFinished();
		if (this.#waiting === 0) this.#whenEmpty();
	}

	/** Drops finished messages early, so that they die in the young generation instead of being copied. */
	#dropFinished(): void {
		while (this.#pending[this.#first]?.done) this.#first += 1;
		if (this.#first === this.#pending.length) this.#pending.length = 0;
		else if (this.#first < MAX_FINISHED) return;
		else this.#pending.splice(0, this.#first);
		this.#first = 0;
	}

	/** Gives up messages beyond the ack timeout or of a closed session; call it about once a second. */
	sweep(): void {
		const limit = this.#options.ackTimeout * 1e6;
		const before = nowUs() - limit;
		const all = this.#pending;
		this.#pending = [];
		this.#first = 0;
		const waiting = all.filter((pending) => {
			if (pending.done) return false;
			const timedOut = pending.sentAt <= before;
			if (!timedOut && pending.client.isOpen) return true;
			this.#giveUp(pending, timedOut, limit);
			return false;
		});
		this.#pending = waiting;
	}

	/** A lost message counts with the timeout as its time. Otherwise a dead server would look fast. */
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
