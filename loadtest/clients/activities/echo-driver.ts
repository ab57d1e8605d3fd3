/** Sends messages and times their answers. */
import { ACK_ERRORS } from "../../record/error-kinds.ts";
import type { Tally } from "../../record/tally.ts";
import type { AnswerRule } from "../client/answers.ts";
import type { Client } from "../client/client.ts";
import { ownFailure } from "../client/own-code.ts";
import type { Message } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { countDue, type SendCounts } from "../pacing/sends.ts";

/** Finished messages that may be kept in front of one that waits. */
const MAX_FINISHED = 256;

interface Pending {
	readonly client: Client;
	readonly due: number;
	sentAt: number;
	/** The second of measurement it belongs to; -1 in warm-up. */
	readonly second: number;
	readonly number: number;
	done: boolean;
}

/** How answers are matched, and how long one may take (seconds). */
export interface EchoOptions extends AnswerRule {
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

	/**
	 * Encodes a message, and returns the function that sends it when it is due. `second` is -1 in warm-up, which is not
	 * counted. An emit while disconnected would be queued, and its latency would be the reconnection's: such a message
	 * counts as due, but not as sent.
	 */
	prepare(client: Client | null, message: Message, due: number, second: number): () => void {
		const isHeld = client?.isOpen === true && client.tryHold();
		const early = isHeld ? this.#emit(client, message, due, second) : null;
		return () => {
			const sentAt = nowUs();
			this.#countDue(due, sentAt, second);
			let pending = early;
			if (isHeld) client.release();
			else if (client?.isOpen) pending = this.#emit(client, message, due, second);
			if (pending === null) return;
			pending.sentAt = sentAt;
			this.#pending.push(pending);
			this.#sends.sent += 1;
			if (second >= 0) this.#tally.counts.sent += 1;
		};
	}

	/** Null when the scenario's code makes no message that can be sent. */
	#emit(client: Client, message: Message, due: number, second: number): Pending | null {
		const number = client.sent + 1;
		const pending: Pending = { client, due, sentAt: 0, second, number, done: false };
		try {
			client.send(message, () => this.#answered(pending));
		} catch (error) {
			if (message.by === undefined) throw error;
			const { kind, message: text } = ownFailure(message.by, error);
			if (second >= 0) this.#tally.fail(kind, 1, client.session.masked(text));
			return null;
		}
		this.#waiting += 1;
		return pending;
	}

	#countDue(due: number, sentAt: number, second: number): void {
		const isLate = countDue(this.#sends, due, sentAt);
		if (second < 0) return;
		this.#tally.counts.due += 1;
		if (isLate) this.#tally.counts.late += 1;
	}

	#answered(pending: Pending): void {
		if (pending.done) return;
		const { client, sentAt } = pending;
		const at = client.answeredAt(sentAt);
		const reordered = pending.number < client.newest;
		if (!reordered) client.newest = pending.number;
		if (at - sentAt > this.#limitUs) {
			this.#giveUp(pending, true);
			return;
		}
		if (pending.second >= 0) {
			this.#tally.counts.received += 1;
			if (reordered) this.#tally.counts.reordered += 1;
			this.#time(pending, at - sentAt);
		}
		this.#finish(pending);
	}

	get #limitUs(): number {
		return this.#options.ackTimeout * 1e6;
	}

	/** `service` is the time from the send; what the message was late comes on top of it. */
	#time({ second, due, sentAt }: Pending, service: number): void {
		this.#tally.record("ack", second, sentAt - due + service);
		this.#tally.record("ack_service", second, service);
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
		const before = nowUs() - this.#limitUs;
		const all = this.#pending;
		this.#pending = [];
		this.#first = 0;
		const waiting = all.filter((pending) => {
			if (pending.done) return false;
			const timedOut = pending.sentAt <= before;
			if (!timedOut && pending.client.isOpen) return true;
			this.#giveUp(pending, timedOut);
			return false;
		});
		this.#pending = waiting;
	}

	/** A lost message counts with the timeout as its time. Otherwise a dead server would look fast. */
	#giveUp(pending: Pending, timedOut: boolean): void {
		// Without a match, the next answer would be taken for the answer to this message.
		if (this.#options.ack !== "" && this.#options.ackMatch === "") this.#tally.fail("answers_unmatched");
		if (pending.second >= 0) {
			this.#tally.counts.lost += 1;
			if (timedOut) this.#tally.counts.timedOut += 1;
			this.#tally.fail(timedOut ? ACK_ERRORS.timeout : ACK_ERRORS.session);
			this.#time(pending, this.#limitUs);
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
