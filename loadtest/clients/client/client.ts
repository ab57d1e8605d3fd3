/** One client of a load group: its session and the state of its messages. */
import type { Session } from "./session.ts";

/** Packet types of an acknowledgement, plain and binary (socket.io-parser). */
const ACK = 3;
const BINARY_ACK = 6;

/** A socket.io client that stays for the whole run. */
export class Client {
	/** Its number in the load group. */
	readonly number: number;
	readonly session: Session;
	isOpen = true;
	/** When the session was lost (monotonic µs); 0 when it is open and has been acknowledged since. */
	lostAt = 0;
	/** Messages sent, and the newest one answered: an older answer after it is out of order. */
	sent = 0;
	newest = 0;
	/** Answers by event that no message waited for, since the last `takeDoubled`. */
	#strays = 0;
	#ackPackets = 0;
	#ackedMessages = 0;
	/** Messages that wait for an answer by event, in order: the event does not say which message it answers. */
	readonly #waiting: (() => void)[] = [];

	/** `ack` names the event of the answers; empty = acknowledgements. */
	constructor(number: number, session: Session, ack: string) {
		this.number = number;
		this.session = session;
		if (ack !== "") session.socket.on(ack, () => this.#onAnswerEvent());
		else
			session.socket.io.on("packet", (packet) => {
				if (packet.type === ACK || packet.type === BINARY_ACK) this.#ackPackets += 1;
			});
	}

	#onAnswerEvent(): void {
		const next = this.#waiting.shift();
		if (next) next();
		else this.#strays += 1;
	}

	/** Sends a message; `answered` is called when its answer arrives, and never if none does. */
	send(event: string, ack: string, answered: () => void, ...payload: unknown[]): void {
		const { socket } = this.session;
		this.sent += 1;
		if (ack === "") {
			socket.emit(event, ...payload, () => {
				this.#ackedMessages += 1;
				answered();
			});
			return;
		}
		this.#waiting.push(answered);
		socket.emit(event, ...payload);
	}

	/** Answers that came twice since the last call. */
	takeDoubled(): number {
		const doubled = Math.max(0, this.#ackPackets - this.#ackedMessages) + this.#strays;
		this.#ackPackets = this.#ackedMessages;
		this.#strays = 0;
		return doubled;
	}

	/** Cuts the session: destroys its connections like a lost network, or closes Engine.IO. */
	cut(how: "abrupt" | "graceful"): void {
		const { wire, socket } = this.session;
		if (how === "abrupt" && wire.connections > 0) wire.cut();
		else socket.io.engine.close();
	}
}
