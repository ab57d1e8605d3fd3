/** One client of a load group: its session and the state of its messages. */
import { nowUs } from "../pacing/clock.ts";
import { nextSeq } from "./answers.ts";
import type { Message, Session } from "./session.ts";

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

	constructor(number: number, session: Session) {
		this.number = number;
		this.session = session;
	}

	/** Sends a message; `answered` is called when its answer arrives, and never if none does. */
	send({ event, args }: Message, answered: () => void): void {
		this.sent += 1;
		const seq = nextSeq();
		this.session.answers.send(event, args(seq), seq, answered);
	}

	/** Keeps what is sent from now on until `release`. False when it already does, for an earlier message, or cannot. */
	tryHold(): boolean {
		return this.session.wire.tryHold();
	}

	/** Sends what was held. */
	release(): void {
		this.session.wire.release();
	}

	/** When the answer arrived that is being handled to a message sent at `sentAt` (monotonic µs). */
	answeredAt(sentAt: number): number {
		const { receivedAt } = this.session.wire;
		// 0: Node's fetch and its default agent hide their connections.
		return receivedAt > 0 && receivedAt >= sentAt ? receivedAt : nowUs();
	}

	/** Cuts the session: destroys its connections like a lost network, or closes Engine.IO. */
	cut(how: "abrupt" | "graceful"): void {
		const { wire, socket } = this.session;
		if (how === "abrupt" && wire.connections > 0) wire.cut();
		else socket.io.engine.close();
	}
}
