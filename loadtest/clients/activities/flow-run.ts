/** One client taking the steps of a flow once. */
import { type EmitStep, type ExpectStep, type Step, stepName } from "../../plan/flow.ts";
import type { StepMetric } from "../../record/result.ts";
import { nextSeq, seqIn } from "../client/answers.ts";
import type { Client } from "../client/client.ts";
import { ownFailure } from "../client/own-code.ts";
import { nowUs } from "../pacing/clock.ts";

/** Why a flow was not completed: the error's kind, and what was said. */
export interface FlowFailure {
	readonly kind: string;
	readonly text: string;
}

/** What a flow's run reports, and what it needs. */
export interface FlowHooks {
	/** Calls the run's `prepare` shortly before a time (monotonic µs), for its next step. */
	schedule(at: number): void;
	/** The arguments of a step. */
	argsOf(step: EmitStep, seq: number): readonly unknown[];
	/** Seconds of a pause. */
	pauseOf(think: number | readonly [number, number]): number;
	/** A timed step took `us`. */
	timed(metric: StepMetric, us: number): void;
	/** The flow is over and took `us` without its pauses; `failure` = null when every step was answered. */
	over(us: number, failure: FlowFailure | null): void;
}

/** An event that arrived since the last emit. */
interface Arrival {
	readonly event: string;
	readonly args: readonly unknown[];
	readonly at: number;
}

/** A run of the flow. `due` and all other times are monotonic µs. */
export class FlowRun {
	readonly client: Client;
	/** The second of measurement that it counts in; -1 in warm-up. */
	readonly second: number;
	readonly #steps: readonly Step[];
	readonly #limitUs: number;
	readonly #hooks: FlowHooks;
	readonly #seq = nextSeq();
	#place = 0;
	/** When the last emit was due, and when it was sent. */
	#due = 0;
	#sentAt = 0;
	#arrived: Arrival[] = [];
	/** The step that waits for its answer. */
	#waiting: Step | null = null;
	/** From each emit before the last one to the last timed step after it, added up; and the same of the last emit. */
	#before = 0;
	#sinceEmit = 0;
	#isOver = false;

	constructor(client: Client, second: number, steps: readonly Step[], limitUs: number, hooks: FlowHooks) {
		this.client = client;
		this.second = second;
		this.#steps = steps;
		this.#limitUs = limitUs;
		this.#hooks = hooks;
	}

	/** Encodes the next emit, and returns the function that sends it when it is due at `at`. */
	prepare(at: number): () => void {
		const step = this.#steps[this.#place];
		if (step === undefined || !("emit" in step)) return () => this.#take(at);
		const isHeld = this.client.isOpen && this.client.tryHold();
		if (isHeld) this.#emit(step);
		return () => {
			this.#due = at;
			this.#sentAt = nowUs();
			this.#arrived = [];
			this.#before += this.#sinceEmit;
			this.#sinceEmit = 0;
			if (isHeld) this.client.release();
			else if (this.client.isOpen) this.#emit(step);
			else this.lost();
			if (this.#isOver) return;
			if (step.ack === true) this.#waiting = step;
			else this.#next(this.#sentAt);
		};
	}

	#emit(step: EmitStep): void {
		const { socket, answers, masked } = this.client.session;
		try {
			const args = this.#hooks.argsOf(step, this.#seq);
			if (step.ack !== true) socket.emit(step.emit, ...args);
			else
				answers.send(step.emit, args, this.#seq, () =>
					this.#answered(step, this.client.answeredAt(this.#sentAt)),
				);
		} catch (error) {
			const { kind, message } = ownFailure("flow", error);
			this.#giveUp(null, { kind, text: masked(message) });
		}
	}

	/** Goes on behind the step that ended at `at`. */
	#next(at: number): void {
		this.#place += 1;
		this.#take(at);
	}

	/** Begins the step at `#place`, at `at`. */
	#take(at: number): void {
		if (this.#isOver) return;
		const step = this.#steps[this.#place];
		if (step === undefined) this.#end(null);
		else if ("emit" in step) this.#hooks.schedule(at);
		else if ("think" in step) {
			this.#place += 1;
			this.#hooks.schedule(at + this.#hooks.pauseOf(step.think) * 1e6);
		} else this.#expect(step);
	}

	#expect(step: ExpectStep): void {
		this.#waiting = step;
		const arrival = this.#arrived.find((one) => this.#isExpected(step, one));
		if (arrival !== undefined) this.#answered(step, arrival.at);
	}

	#isExpected({ expect, match = "" }: ExpectStep, { event, args }: Arrival): boolean {
		if (event !== expect) return false;
		return match === "" || seqIn(args, match.split(".")) === String(this.#seq);
	}

	/** An event has arrived for the client. */
	hear(event: string, args: readonly unknown[]): void {
		const arrival = { event, args, at: this.client.answeredAt(this.#sentAt) };
		this.#arrived.push(arrival);
		const step = this.#waiting;
		if (step !== null && "expect" in step && this.#isExpected(step, arrival))
			this.#answered(step, arrival.at);
	}

	#answered(step: Step, at: number): void {
		if (this.#isOver || this.#waiting !== step) return;
		this.#waiting = null;
		if (at - this.#sentAt > this.#limitUs) {
			this.#fail(step, "ack_timeout");
			return;
		}
		this.#sinceEmit = Math.max(this.#sinceEmit, at - this.#due);
		this.#hooks.timed(`step:${stepName(step)}`, at - this.#due);
		this.#next(at);
	}

	/** Whether it waits for an answer; else it pauses, or its next step is due. */
	get isWaiting(): boolean {
		return this.#waiting !== null;
	}

	/** The session has ended: what the run waits for will not come. */
	lost(): void {
		this.#fail(this.#waiting, "ack_lost_with_session");
	}

	/** Gives the run up if its step has waited for too long. */
	sweep(now: number): void {
		if (this.#waiting !== null && now - this.#sentAt > this.#limitUs)
			this.#fail(this.#waiting, "ack_timeout");
	}

	#fail(step: Step | null, kind: string): void {
		this.#giveUp(step, { kind: step === null ? kind : `${kind}:${stepName(step)}`, text: "" });
	}

	/** A step that was not answered counts with the timeout as its time, and so does the flow. */
	#giveUp(step: Step | null, failure: FlowFailure): void {
		const us = Math.max(0, this.#sentAt - this.#due) + this.#limitUs;
		this.#sinceEmit = Math.max(this.#sinceEmit, us);
		if (step !== null) this.#hooks.timed(`step:${stepName(step)}`, us);
		this.#end(failure);
	}

	#end(failure: FlowFailure | null): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#hooks.over(this.#before + this.#sinceEmit, failure);
	}
}
