/** The work of a session in `echo`: sends messages when they are due, whatever became of earlier ones (open loop). */
import type { Counter } from "k6/metrics";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "k6/timers";
import { AckTable } from "../codec/acks.ts";
import { now } from "./clock.ts";
import type { Arrival } from "./link.ts";
import { meter } from "./meter.ts";
import { dueAfter, messagesOf, type Share } from "./schedule.ts";

/** How often to look for messages whose ack never came. */
const SWEEP_INTERVAL_MS = 100;
/** An ack that arrived in time may wait this long for the script; the time of its arrival decides. */
const SWEEP_GRACE_MS = 250;
/** A message sent later than this after it was due counts as late, as in every result. */
const LATE_MS = 5;

/** Options of the work. */
export interface EchoOptions {
	readonly share: Share;
	/** Start of measurement, milliseconds since the start of the run. */
	readonly start: number;
	/** Seconds. */
	readonly ackTimeout: number;
	/** Sends one message that asks for an ack with this id. */
	emit(id: number): void;
	/** Everything has been sent, and acknowledged or timed out. */
	finished(): void;
}

/** The messages of one session. */
export class Echo {
	readonly #options: EchoOptions;
	readonly #acks: AckTable;
	readonly #messages: number;
	readonly #sweep: ReturnType<typeof setInterval>;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#next = 0;
	#over = false;

	/** Starts sending. */
	constructor(options: EchoOptions) {
		this.#options = options;
		this.#acks = new AckTable(options.ackTimeout * 1000);
		this.#messages = messagesOf(options.share);
		this.#sweep = setInterval(() => this.#expire(), SWEEP_INTERVAL_MS);
		this.#scheduleNext();
	}

	/** Handles an ack. */
	ack(id: number, { at, stamped }: Arrival): void {
		const answer = this.#acks.answer(id, at);
		if (answer.kind === "doubled") meter.doubled.add(1);
		if (answer.kind === "expired") this.#lose(meter.timedOut, 1);
		if (answer.kind === "expired") this.#finishIfDone();
		if (answer.kind !== "first") return;
		// The runner subtracts the time between the end of the poll and this sample, so nothing may delay the sample.
		meter.ack.add((stamped ? at : now()) - answer.sent.dueAt);
		meter.ackService.add((stamped ? at : now()) - answer.sent.sentAt);
		meter.acked.add(true);
		if (answer.reordered) meter.reordered.add(1);
		this.#finishIfDone();
	}

	/** Handles a cut session: waiting messages are lost, and the rest cannot be sent. */
	cut(): void {
		if (this.#over) return;
		this.#lose(meter.lost, this.#acks.abandon().length);
		const unsent = this.#messages - this.#next;
		if (unsent > 0) meter.unsent.add(unsent);
		this.#end();
	}

	#scheduleNext(): void {
		this.#finishIfDone();
		if (this.#next >= this.#messages) return;
		const wait = this.#dueAt(this.#next) - now();
		this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, wait));
	}

	/** Sends everything that is due by now; after a stall that is several messages, each with its own due time. */
	#sendDue(): void {
		while (this.#next < this.#messages && this.#dueAt(this.#next) <= now())
			this.#send(this.#dueAt(this.#next++));
		this.#scheduleNext();
	}

	#send(dueAt: number): void {
		const sentAt = now();
		this.#options.emit(this.#acks.send(dueAt, sentAt));
		meter.sent.add(1);
		if (sentAt - dueAt > LATE_MS) meter.late.add(1);
	}

	#dueAt(index: number): number {
		return this.#options.start + dueAfter(this.#options.share, index);
	}

	#expire(): void {
		this.#lose(meter.timedOut, this.#acks.expire(now() - SWEEP_GRACE_MS).length);
		this.#finishIfDone();
	}

	/** A lost message counts with the ack timeout as its time. Otherwise a dead server would look fast. */
	#lose(counter: Counter, count: number): void {
		const limit = this.#options.ackTimeout * 1000;
		if (count > 0) counter.add(count);
		for (let i = 0; i < count; i++) {
			meter.acked.add(false);
			meter.ack.add(limit, { lost: "1" });
			meter.ackService.add(limit, { lost: "1" });
		}
	}

	#finishIfDone(): void {
		if (this.#over || this.#next < this.#messages || this.#acks.waiting > 0) return;
		this.#end();
		this.#options.finished();
	}

	#end(): void {
		this.#over = true;
		clearInterval(this.#sweep);
		if (this.#timer !== null) clearTimeout(this.#timer);
	}
}
