/** One client of a group while load runs: its session, and what is kept of its messages. */
import type { Session } from "./session.ts";

/** Socket.IO's packet types of an acknowledgement, plain and binary (socket.io-parser). */
const ACK = 3;
const BINARY_ACK = 6;

/** A client and its messages' numbers. */
export class Member {
	readonly number: number;
	readonly session: Session;
	open = true;
	/** When the session was lost (monotonic µs), until it is back. */
	lostAt = 0;
	/** Messages sent, and the newest that was answered: an older answer after it is out of order. */
	sent = 0;
	newest = 0;
	/** Answers that belonged to no message, since the last `takeDoubled`. */
	#strays = 0;
	#packets = 0;
	#answers = 0;
	/** Who waits for an answer by event, in order: the event does not say which message it answers. */
	readonly #waiting: (() => void)[] = [];

	/** `ack` names the event of the answers; empty = acknowledgements. */
	constructor(number: number, session: Session, ack: string) {
		this.number = number;
		this.session = session;
		if (ack !== "") session.socket.on(ack, () => this.#hear());
		else
			session.socket.io.on("packet", (packet) => {
				if (packet.type === ACK || packet.type === BINARY_ACK) this.#packets += 1;
			});
	}

	#hear(): void {
		const next = this.#waiting.shift();
		if (next) next();
		else this.#strays += 1;
	}

	/** Sends a message; `answered` is called when its answer comes, and never when it does not. */
	ask(event: string, ack: string, answered: () => void, ...message: unknown[]): void {
		const { socket } = this.session;
		this.sent += 1;
		if (ack === "") {
			socket.emit(event, ...message, () => {
				this.#answers += 1;
				answered();
			});
			return;
		}
		this.#waiting.push(answered);
		socket.emit(event, ...message);
	}

	/** Answers that came twice since the last call. */
	takeDoubled(): number {
		const doubled = Math.max(0, this.#packets - this.#answers) + this.#strays;
		this.#packets = this.#answers;
		this.#strays = 0;
		return doubled;
	}

	/** Cuts the session: its connections destroyed as a lost network does, or Engine.IO closed. */
	cut(how: "abrupt" | "graceful"): void {
		const { wire, socket } = this.session;
		if (how === "abrupt" && wire.connections > 0) wire.cut();
		else socket.io.engine.close();
	}
}
