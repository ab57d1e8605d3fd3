/** When a flow is due, a client that is free takes its steps: the pacer sends, and every timed step is a metric. */
import { randomFrom } from "../../plan/random.ts";
import type { Client } from "../client/client.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace } from "../pacing/pacer.ts";
import { countDue } from "../pacing/sends.ts";
import { secondIn } from "../pacing/slot.ts";
import { type Due, Timetable } from "../pacing/timetable.ts";
import { type FlowFailure, FlowRun } from "./flow-run.ts";
import { messagesOf, type Work } from "./work.ts";

/** How often a drain looks for flows that have waited for too long. */
const DRAIN_SWEEP_MS = 100;

/** A step that is due: the first of a flow, which needs a client, or the next one of a flow that runs. */
interface Turn extends Due {
	readonly run: FlowRun | null;
}

/** Takes the slot's flows, and waits until all are over. */
export async function flow(work: Work): Promise<void> {
	const flows = new Flows(work);
	work.everySecond(() => flows.sweep());
	await pace(flows.timetable, (turn) => flows.prepare(turn), work);
	await flows.drained();
	flows.close();
}

/** One load group's flows in one slot. */
class Flows {
	readonly timetable: Timetable<Turn>;
	readonly #work: Work;
	readonly #random: () => number;
	/** Clients that take no flow now, the one that waited longest first. */
	readonly #free: Client[];
	readonly #running = new Map<Client, FlowRun>();
	/** Removes the listeners of this slot. */
	readonly #unlisten: (() => void)[] = [];
	#whenEmpty: () => void = () => {};

	constructor(work: Work) {
		const { plan, slot, group } = work;
		this.#work = work;
		this.#random = randomFrom(plan.seed + slot.number);
		this.#free = [...group.opened];
		this.timetable = new Timetable(startsOf(work));
		const heard = new Set(group.flow.flatMap((step) => ("expect" in step ? [step.expect] : [])));
		for (const client of this.#free) {
			for (const event of heard)
				this.#listen(client, event, (...args) => this.#running.get(client)?.hear(event, args));
			this.#listen(client, "disconnect", () => this.#running.get(client)?.lost());
		}
	}

	#listen({ session: { socket } }: Client, event: string, listener: (...args: unknown[]) => void): void {
		socket.on(event, listener);
		this.#unlisten.push(() => socket.off(event, listener));
	}

	prepare({ at, run }: Turn): () => void {
		if (run !== null) return run.prepare(at);
		const started = this.#start(at);
		const send = started?.prepare(at);
		return () => {
			this.#countDue(at, started !== null);
			send?.();
		};
	}

	/** A run of the flow on a free client; null when none is free. */
	#start(due: number): FlowRun | null {
		const { group, plan, slot } = this.#work;
		const place = this.#free.findIndex((client) => client.isOpen);
		if (place < 0) return null;
		const [client] = this.#free.splice(place, 1) as [Client];
		const second = secondIn(slot, due);
		const withdraw = this.timetable.expect();
		const run: FlowRun = new FlowRun(client, second, group.flow, plan.ackTimeout * 1e6, {
			schedule: (at) => this.timetable.add({ at, run }),
			argsOf: (step, seq) => group.argsOf(step, client.number, seq),
			pauseOf: (think) => (typeof think === "number" ? think : this.#between(...think)),
			timed: (metric, us) => {
				if (second >= 0) group.tally.record(metric, second, us);
			},
			over: (us, failure) => {
				this.#running.delete(client);
				this.#free.push(client);
				withdraw();
				if (second >= 0) this.#count(second, us, failure);
				if (this.#running.size === 0) this.#whenEmpty();
			},
		});
		this.#running.set(client, run);
		return run;
	}

	#between(least: number, most: number): number {
		return least + this.#random() * (most - least);
	}

	#countDue(at: number, isSent: boolean): void {
		const { sends, slot, group } = this.#work;
		const { counts } = group.tally;
		const isLate = countDue(sends, at, nowUs());
		if (isSent) sends.sent += 1;
		if (secondIn(slot, at) < 0) return;
		counts.due += 1;
		if (isLate) counts.late += 1;
		if (isSent) counts.sent += 1;
		// A free client whose session is lost is not a client too few.
		else if (this.#free.length === 0) group.tally.fail("no_free_client");
	}

	#count(second: number, us: number, failure: FlowFailure | null): void {
		const { tally } = this.#work.group;
		tally.record("ack", second, us);
		if (failure === null) {
			tally.counts.received += 1;
			return;
		}
		tally.counts.lost += 1;
		if (failure.kind.startsWith("ack_timeout")) tally.counts.timedOut += 1;
		tally.fail(failure.kind, 1, failure.text);
	}

	/** Gives up flows that wait for too long. */
	sweep(): void {
		const now = nowUs();
		for (const run of [...this.#running.values()]) run.sweep(now);
		if (this.#work.stop.aborted) this.#forgetUnsent();
	}

	/** When the slot was ended early, no step is sent any more: flows that would go on count as never due. */
	#forgetUnsent(): void {
		const { sends, group } = this.#work;
		for (const [client, run] of this.#running) {
			if (run.isWaiting) continue;
			this.#running.delete(client);
			sends.sent -= 1;
			if (run.second < 0) continue;
			group.tally.counts.due -= 1;
			group.tally.counts.sent -= 1;
		}
		if (this.#running.size === 0) this.#whenEmpty();
	}

	/** Resolves when all flows are over. */
	drained(): Promise<void> {
		this.sweep();
		if (this.#running.size === 0) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setInterval(() => this.sweep(), DRAIN_SWEEP_MS);
			this.#whenEmpty = () => {
				clearInterval(timer);
				resolve();
			};
		});
	}

	close(): void {
		for (const unlisten of this.#unlisten) unlisten();
	}
}

/** The times at which this worker starts flows. */
function* startsOf(work: Work): Generator<Turn> {
	for (const { at } of messagesOf(work)) yield { at, run: null };
}
