/** Sends messages when they are due and times their acknowledgements. */
import type { Tally } from "../record/tally.ts";
import { nowUs } from "./clock.ts";
import type { SendCounts } from "./self-check.ts";
import type { Session } from "./session.ts";

/** A send later than this after it was due is counted as late (µs). */
const LATE = 5000;

interface Pending {
	readonly client: Client;
	readonly due: number;
	readonly sentAt: number;
	/** The second of measurement it belongs to; -1 in warm-up. */
	readonly second: number;
	readonly number: number;
	done: boolean;
}

/** A session with what the driver keeps of it. */
export interface Client {
	readonly session: Session;
	open: boolean;
	sent: number;
	newest: number;
	/** Acknowledgement packets seen, and those that belonged to a message: the rest came twice. */
	packets: number;
	answers: number;
}

export interface EchoOptions {
	readonly event: string;
	readonly payload: string;
	/** Seconds. */
	readonly ackTimeout: number;
}

/** Socket.IO's packet type of an acknowledgement, plain and binary (socket.io-parser). */
const ACK = 3;
const BINARY_ACK = 6;

export function clientOf(session: Session): Client {
	const client = { session, open: true, sent: 0, newest: 0, packets: 0, answers: 0 };
	session.socket.io.on("packet", (packet) => {
		if (packet.type === ACK || packet.type === BINARY_ACK) client.packets += 1;
	});
	return client;
}

/** One group's messages in one slot. */
export class EchoDriver {
	readonly #options: EchoOptions;
	readonly #tally: Tally;
	readonly #sends: SendCounts;
	/** In order of sending; answered ones leave at the head. */
	#pending: Pending[] = [];
	#head = 0;
	waiting = 0;
	#whenEmpty: () => void = () => {};

	constructor(options: EchoOptions, tally: Tally, sends: SendCounts) {
		this.#options = options;
		this.#tally = tally;
		this.#sends = sends;
	}

	/** Sends one message now. `second` is -1 in warm-up, which is not counted. */
	send(client: Client, due: number, second: number): void {
		const sentAt = nowUs();
		const counted = second >= 0;
		const late = sentAt - due > LATE;
		this.#sends.due += 1;
		if (late) this.#sends.late += 1;
		if (counted) this.#tally.counts.due += 1;
		if (counted && late) this.#tally.counts.late += 1;
		// An emit while disconnected would be queued, and its latency would be the reconnection's.
		if (!client.open) return;
		this.#sends.sent += 1;
		client.sent += 1;
		const message: Pending = { client, due, sentAt, second, number: client.sent, done: false };
		this.#pending.push(message);
		this.waiting += 1;
		if (counted) this.#tally.counts.sent += 1;
		client.session.socket.emit(this.#options.event, this.#options.payload, () => this.#answered(message));
	}

	#answered(message: Pending): void {
		const { client } = message;
		client.answers += 1;
		if (message.done) return;
		const now = nowUs();
		const reordered = message.number < client.newest;
		if (!reordered) client.newest = message.number;
		if (message.second >= 0) {
			this.#tally.counts.received += 1;
			if (reordered) this.#tally.counts.reordered += 1;
			this.#time(message, now - message.due, now - message.sentAt);
		}
		this.#finish(message);
	}

	#time(message: Pending, response: number, service: number): void {
		this.#tally.record("ack", message.second, response);
		this.#tally.record("ack_service", message.second, service);
	}

	#finish(message: Pending): void {
		message.done = true;
		this.waiting -= 1;
		if (this.waiting === 0) this.#whenEmpty();
	}

	/** Gives up what waits beyond the time limit or on a closed session; call it about once a second. */
	sweep(): void {
		const limit = this.#options.ackTimeout * 1e6;
		const before = nowUs() - limit;
		while (this.#head < this.#pending.length) {
			const message = this.#pending[this.#head]!;
			if (!message.done && message.sentAt > before && message.client.open) break;
			if (!message.done) this.#giveUp(message, message.client.open, limit);
			this.#head += 1;
		}
		this.#pending = this.#pending.slice(this.#head);
		this.#head = 0;
	}

	/** The limit stands in the tail for what never came: leaving it out would flatter a dead server. */
	#giveUp(message: Pending, timedOut: boolean, limit: number): void {
		if (message.second >= 0) {
			this.#tally.counts.lost += 1;
			if (timedOut) this.#tally.counts.timedOut += 1;
			this.#tally.fail(timedOut ? "ack_timeout" : "ack_lost_with_session");
			this.#time(message, limit, limit);
		}
		this.#finish(message);
	}

	/** Resolves when every message is answered or given up. */
	drained(): Promise<void> {
		this.sweep();
		if (this.waiting === 0) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setInterval(() => this.sweep(), 100);
			this.#whenEmpty = () => {
				clearInterval(timer);
				resolve();
			};
		});
	}
}
