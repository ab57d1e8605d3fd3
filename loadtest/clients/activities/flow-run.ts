/** One client taking the steps of a flow once. */
import { type EmitStep, type ExpectStep, type Step, stepName } from "../../plan/flow.ts";
import type { StepMetric } from "../../record/result.ts";
import { nextSeq, seqIn } from "../client/answers.ts";
import type { Client } from "../client/client.ts";
import { nowUs } from "../pacing/clock.ts";

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
	/** The flow is over: all its timed steps together took `us`. `failure` = the error kind, null = every step was answered. */
	over(us: number, failure: string | null): void;
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
	#total = 0;
	#isOver = false;

	constructor(client: Client, steps: readonly Step[], limitUs: number, hooks: FlowHooks) {
		this.client = client;
		this.#steps = steps;
		this.#limitUs = limitUs;
		this.#hooks = hooks;
	}

	/** Encodes the next emit, and returns the function that sends it when it is due at `at`. */
	prepare(at: number): () => void {
		const step = this.#steps[this.#place];
		if (this.#isOver || step === undefined || !("emit" in step)) return () => this.#take(at);
		const isHeld = this.client.isOpen && this.client.tryHold();
		if (isHeld) this.#emit(step);
		return () => {
			this.#due = at;
			this.#sentAt = nowUs();
			this.#arrived = [];
			if (isHeld) this.client.release();
			else this.#emit(step);
			if (step.ack === true) this.#waiting = step;
			else this.#next(this.#sentAt);
		};
	}

	#emit(step: EmitStep): void {
		const { socket, answers } = this.client.session;
		const args = this.#hooks.argsOf(step, this.#seq);
		if (step.ack !== true) socket.emit(step.emit, ...args);
		else
			answers.send(step.emit, args, this.#seq, () =>
				this.#answered(step, this.client.answeredAt(this.#sentAt)),
			);
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
		if (this.#isOver) return;
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
		this.#time(step, at - this.#due);
		this.#next(at);
	}

	#time(step: Step, us: number): void {
		this.#total += us;
		this.#hooks.timed(`step:${stepName(step)}`, us);
	}

	/** A step that was not answered counts with the timeout as its time. */
	#fail(step: Step, kind: string): void {
		this.#time(step, this.#sentAt - this.#due + this.#limitUs);
		this.#end(`${kind}:${stepName(step)}`);
	}

	/** Gives the run up if its session is lost or its step waits for too long. */
	sweep(now: number): void {
		const step = this.#waiting;
		if (this.#isOver) return;
		if (!this.client.isOpen) {
			if (step === null) this.#end("ack_lost_with_session");
			else this.#fail(step, "ack_lost_with_session");
		} else if (step !== null && now - this.#sentAt > this.#limitUs) this.#fail(step, "ack_timeout");
	}

	#end(failure: string | null): void {
		this.#isOver = true;
		this.#hooks.over(this.#total, failure);
	}
}
