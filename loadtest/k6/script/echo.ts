/** What a session of `echo` does: messages when they are due, whatever became of the earlier ones (open loop). */
import type { Counter } from "k6/metrics";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "k6/timers";
import { AckTable } from "../codec/acks.ts";
import { now } from "./clock.ts";
import type { Arrival } from "./link.ts";
import { meter } from "./meter.ts";
import { dueAfter, messagesOf, type Share } from "./schedule.ts";

/** How often acks past their time limit are looked for, ms. */
const SWEEP = 100;
/** A send later than this after it was due counts as late, ms (the contract of results). */
const LATE = 5;

export interface EchoOptions {
	readonly share: Share;
	/** Start of measurement, ms of the run. */
	readonly start: number;
	/** Seconds. */
	readonly ackTimeout: number;
	/** Sends one message that asks for an ack under `id`. */
	emit(id: number): void;
	/** All is sent, and acknowledged or given up. */
	finished(): void;
}

export class Echo {
	readonly #options: EchoOptions;
	readonly #acks: AckTable;
	readonly #messages: number;
	readonly #sweep: ReturnType<typeof setInterval>;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#next = 0;
	#over = false;

	/** Begins. Ids from `firstId` on are the messages'. */
	constructor(options: EchoOptions) {
		this.#options = options;
		this.#acks = new AckTable(options.ackTimeout * 1000);
		this.#messages = messagesOf(options.share);
		this.#sweep = setInterval(() => this.#expire(), SWEEP);
		this.#arm();
	}

	/** An ack came. */
	ack(id: number, { at, stamped }: Arrival): void {
		const answer = this.#acks.answer(id);
		if (answer.kind === "doubled") meter.doubled.add(1);
		if (answer.kind !== "first") return;
		// The runner takes the time from the poll's end to the sample off, so that nothing may pass in between.
		meter.ack.add((stamped ? at : now()) - answer.sent.dueAt);
		meter.ackService.add((stamped ? at : now()) - answer.sent.sentAt);
		meter.acked.add(true);
		if (answer.reordered) meter.reordered.add(1);
		this.#settle();
	}

	/** The session was cut: what waits is lost, what is still due cannot be sent. */
	cut(): void {
		if (this.#over) return;
		this.#lose(meter.lost, this.#acks.abandon().length);
		const unsent = this.#messages - this.#next;
		if (unsent > 0) meter.unsent.add(unsent);
		for (let i = 0; i < unsent; i++) meter.acked.add(false);
		this.#end();
	}

	#arm(): void {
		this.#settle();
		if (this.#next >= this.#messages) return;
		const wait = this.#dueAt(this.#next) - now();
		this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, wait));
	}

	/** All that is due by now: after a stall several, each with its own due time. */
	#sendDue(): void {
		while (this.#next < this.#messages && this.#dueAt(this.#next) <= now())
			this.#send(this.#dueAt(this.#next++));
		this.#arm();
	}

	#send(dueAt: number): void {
		const sentAt = now();
		this.#options.emit(this.#acks.send(dueAt, sentAt));
		meter.sent.add(1);
		if (sentAt - dueAt > LATE) meter.late.add(1);
	}

	#dueAt(index: number): number {
		return this.#options.start + dueAfter(this.#options.share, index);
	}

	#expire(): void {
		this.#lose(meter.timedOut, this.#acks.expire(now()).length);
		this.#settle();
	}

	/** The limit stands in the tail for what never came: leaving it out would flatter a dead server. */
	#lose(as: Counter, count: number): void {
		const limit = this.#options.ackTimeout * 1000;
		if (count > 0) as.add(count);
		for (let i = 0; i < count; i++) {
			meter.acked.add(false);
			meter.ack.add(limit, { lost: "1" });
			meter.ackService.add(limit, { lost: "1" });
		}
	}

	#settle(): void {
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
