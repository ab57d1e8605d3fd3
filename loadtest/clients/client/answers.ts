/**
 * Matches the answers that a client receives to its messages: acknowledgements by Socket.IO's own id, answers by event
 * by the message's `{seq}` in their arguments, or else in the order of the messages.
 */
import { randomInt } from "node:crypto";
import type { Socket } from "socket.io-client";

/** How the application answers. */
export interface AnswerRule {
	/** The event of the answers; empty = acknowledgements. */
	readonly ack: string;
	/** Keys to the message's `{seq}` in the answer's arguments, such as `0.id`; empty = answers come in order. */
	readonly ackMatch: string;
}

/** A message that waits for its answer calls this once. */
type Answered = () => void;

/** Packet types of an acknowledgement, plain and binary (socket.io-parser). */
const ACK = 3;
const BINARY_ACK = 6;

/** Answered messages whose second answer is still recognised. */
const REMEMBERED = 1000;

/** The first `{seq}` of this process: random, so that no other process, generator or run uses the same numbers. */
let lastSeq = randomInt(2 ** 47);

/** A number for a message, unique among all messages of all generators. */
export function nextSeq(): number {
	lastSeq += 1;
	return lastSeq;
}

/** The messages of one client that wait for their answers. */
export class Answers {
	readonly #socket: Socket;
	readonly #rule: AnswerRule;
	readonly #keys: readonly string[];
	/** By `{seq}`, or in order where answers do not say which message they answer. */
	readonly #waiting = new Map<string, Answered>();
	/** The `{seq}` of messages answered lately. */
	readonly #answered = new Set<string>();
	#extra = 0;

	/** `socket` has not been connected yet: its own listener would remove an ack's id before this one sees it. */
	constructor(socket: Socket, rule: AnswerRule) {
		this.#socket = socket;
		this.#rule = rule;
		this.#keys = rule.ackMatch.split(".");
		if (rule.ack !== "") socket.on(rule.ack, (...args: unknown[]) => this.#onEvent(args));
		else
			socket.io.on("packet", ({ type, id }) => {
				const isAck = type === ACK || type === BINARY_ACK;
				if (isAck && !Object.hasOwn(waitingAcks(socket), String(id))) this.#extra += 1;
			});
	}

	/** Sends a message; `answered` is called when its answer arrives, and never if none does. */
	send(event: string, args: readonly unknown[], seq: number, answered: Answered): void {
		if (this.#rule.ack !== "") {
			this.#waiting.set(String(seq), answered);
			this.#socket.emit(event, ...args);
			return;
		}
		this.#socket.emit(event, ...args, () => answered());
	}

	#onEvent(args: readonly unknown[]): void {
		const seq = this.#rule.ackMatch === "" ? this.#waiting.keys().next().value : seqIn(args, this.#keys);
		const answered = seq === undefined ? undefined : this.#waiting.get(seq);
		if (seq === undefined || answered === undefined) {
			// In a broadcast most answers belong to the messages of other clients.
			if (this.#rule.ackMatch === "" || (seq !== undefined && this.#answered.has(seq))) this.#extra += 1;
			return;
		}
		this.#waiting.delete(seq);
		if (this.#rule.ackMatch !== "") this.#remember(seq);
		answered();
	}

	#remember(seq: string): void {
		this.#answered.add(seq);
		if (this.#answered.size > REMEMBERED) this.#answered.delete(this.#answered.values().next().value!);
	}

	/** Drops the messages that wait: their answers went with the session. */
	forget(): void {
		this.#waiting.clear();
	}

	/** The answers since the last call that no message waited for: the second answer to one, or an answer to none. */
	takeExtra(): number {
		const extra = this.#extra;
		this.#extra = 0;
		return extra;
	}
}

/** The acknowledgements that socket.io-client waits for, by id: a private field of its own. */
function waitingAcks(socket: Socket): object {
	return (socket as unknown as { acks: object }).acks;
}

/** The value at `keys` in an answer's arguments, as text; undefined when there is none. */
export function seqIn(args: readonly unknown[], keys: readonly string[]): string | undefined {
	let value: unknown = args;
	for (const key of keys) {
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
		value = (value as Record<string, unknown>)[key];
	}
	return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
