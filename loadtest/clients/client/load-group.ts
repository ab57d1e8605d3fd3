/** One worker's share of one load group: its clients, and the tally of what they do. */
import type { EmitStep, Step } from "../../plan/flow.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import type { Plan } from "../../plan/plan.ts";
import { fillValue } from "../../plan/template.ts";
import { ACK_ERRORS, openError, sessionError } from "../../record/error-kinds.ts";
import type { Metric } from "../../record/result.ts";
import { Tally } from "../../record/tally.ts";
import { nowUs } from "../pacing/clock.ts";
import type { Slot } from "../pacing/slot.ts";
import { Client } from "./client.ts";
import { clientOptions, rowOf } from "./client-options.ts";
import { OpenFailure } from "./failure.ts";
import type { Inputs } from "./inputs.ts";
import { onStrayError, ownFailure } from "./own-code.ts";
import { endSession, openSession, type Session, type SessionOptions } from "./session.ts";
import { type EndDetails, endOf, type SessionEnd } from "./session-watch.ts";

/** What all connections of a load group have carried. */
export interface Traffic {
	readonly bytesSent: number;
	readonly bytesReceived: number;
	readonly requests: number;
}

/** Opens, keeps and closes a worker's clients of one load group. */
export class LoadGroup {
	/** Its number in the plan. */
	readonly number: number;
	readonly plan: Plan;
	readonly tally = new Tally();
	/** By the client's number in the load group; null = could not be opened. */
	readonly clients = new Map<number, Client | null>();
	/** The running slot, which gives events their second. */
	slot: Slot | null = null;
	readonly #inputs: Inputs;
	readonly #group: LoadGroupPlan;
	#closing = false;

	constructor(plan: Plan, number: number, inputs: Inputs) {
		this.plan = plan;
		this.number = number;
		this.#inputs = inputs;
		this.#group = plan.groups[number]!;
		if (number === 0) onStrayError(plan.scenarioFile, (text) => this.tally.fail("scenario_error", 1, text));
	}

	/** The clients that could be opened. */
	get opened(): Client[] {
		return [...this.clients.values()].filter((client) => client !== null);
	}

	/** The second of measurement at a monotonic time; 0 before any. */
	secondOf(at: number): number {
		if (this.slot === null) return 0;
		return Math.max(0, this.slot.second + Math.floor((at - this.slot.measureAt) / 1e6));
	}

	/** The session that a client opens. */
	optionsOf(number: number): SessionOptions {
		return clientOptions(this.plan, this.#group, number, this.#inputs);
	}

	/** The steps of the scenario's flow. */
	get flow(): readonly Step[] {
		return this.#inputs.code.flow ?? [];
	}

	/** The arguments of a client's step in the flow's run `seq`. */
	argsOf({ emit, args = [] }: EmitStep, n: number, seq: number): readonly unknown[] {
		const row = rowOf(this.plan, this.#group, n, this.#inputs.rows);
		if (typeof args === "function") {
			const made = args(n, seq, row);
			if (!Array.isArray(made)) throw new Error(`args of ${emit} returned no array`);
			return made;
		}
		const { transport, path } = this.#group;
		const values = { n, seq, row, path: path.name, transport, seed: this.plan.seed };
		return args.map((arg) => fillValue(arg, values));
	}

	/**
	 * Opens one client that was due at `at` and keeps it; `join` is awaited before it counts as open. `openingFrom` is when
	 * the first one was due, all monotonic µs.
	 */
	async add(
		number: number,
		join: (session: Session) => Promise<void>,
		{ at, openingFrom }: { at: number; openingFrom: number },
	): Promise<void> {
		// The target has answered before: a message that it does not answer now is lost, and its session is not.
		const options = { ...this.optionsOf(number), keepUnanswered: true };
		const session = await this.tryOpen(options, join);
		const now = nowUs();
		if (session !== null) this.tally.record("opening", Math.floor((now - openingFrom) / 1e6), now - at);
		this.clients.set(number, null);
		if (session === null) return;
		if (options.message !== null && session.phases.first_ack === undefined)
			this.tally.fail(ACK_ERRORS.timeout, 1, "the first message of a session");
		const client = new Client(number, session);
		this.clients.set(number, client);
		session.socket.on("disconnect", (reason, details) =>
			this.#onLost(client, endOf(reason, details as EndDetails)),
		);
		// Its end may have come with the packet that answered the first message.
		const end = session.ended();
		if (end !== null) this.#onLost(client, end);
		session.socket.on("connect", () => {
			this.#onReconnected(client, join).catch((error: unknown) => this.#countFailed(client, error));
		});
		session.socket.io.on("reconnect_error", (error) => {
			if (error instanceof OpenFailure) this.#countFailed(client, error);
		});
	}

	/** Opens a session; counts it, or its failure. */
	async tryOpen(
		options: SessionOptions,
		join: (session: Session) => Promise<void> = async () => {},
	): Promise<Session | null> {
		this.tally.counts.sessionsTried += 1;
		try {
			const session = await openSession(options);
			await join(session).catch((error: unknown) => {
				session.socket.disconnect();
				throw error;
			});
			this.tally.counts.sessionsOpen += 1;
			return session;
		} catch (error) {
			if (error instanceof OpenFailure) this.tally.fail(openError(error.kind), 1, error.message);
			else this.tally.fail("open_error");
			return null;
		}
	}

	/** Records how long each phase of a session's opening took. */
	recordPhases({ phases }: Session, second: number): void {
		for (const [metric, us] of Object.entries(phases))
			this.tally.record(metric as Metric, second, us as number);
	}

	#onLost(client: Client, { kind, text }: SessionEnd): void {
		client.isOpen = false;
		client.session.answers.forget();
		if (this.#closing) return;
		if (client.lostAt === 0) client.lostAt = nowUs();
		this.tally.counts.sessionsLost += 1;
		this.tally.fail(sessionError(kind), 1, client.session.masked(text));
	}

	/** A client has recovered when it is answered again, not when it is merely connected. */
	async #onReconnected(client: Client, join: (session: Session) => Promise<void>): Promise<void> {
		const { lostAt } = client;
		const { message } = this.optionsOf(client.number);
		await client.session.setUp();
		await join(client.session);
		client.isOpen = client.session.socket.connected;
		const recovered = () => {
			if (lostAt === 0 || client.lostAt !== lostAt) return;
			const now = nowUs();
			this.tally.record("recover", this.secondOf(now), now - lostAt);
			client.lostAt = 0;
		};
		if (message === null) recovered();
		else client.send(message, recovered);
	}

	/** Counts what failed while a session reconnected: the scenario's code, or joining the room again. */
	#countFailed({ session }: Client, error: unknown): void {
		const { kind, message } = error instanceof OpenFailure ? error : ownFailure("message", error);
		this.tally.fail(kind.startsWith("scenario_") ? kind : openError(kind), 1, session.masked(message));
	}

	/** What all connections have carried since they were opened. */
	traffic(): Traffic {
		const sum = { bytesSent: 0, bytesReceived: 0, requests: 0 };
		for (const { session } of this.opened) {
			const { sent, received } = session.wire.bytes();
			sum.bytesSent += sent;
			sum.bytesReceived += received;
			sum.requests += session.wire.requests;
		}
		return sum;
	}

	/** Answers since the last call that no message waited for. */
	takeExtraAnswers(): number {
		return this.opened.reduce((sum, { session }) => sum + session.answers.takeExtra(), 0);
	}

	/** Ends all sessions, at the server too. */
	async close(): Promise<void> {
		this.#closing = true;
		await Promise.all(
			this.opened.map(({ session }) => {
				session.socket.io.reconnection(false);
				return endSession(session);
			}),
		);
	}
}
