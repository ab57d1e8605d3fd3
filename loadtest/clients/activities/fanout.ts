/**
 * One client of each machine publishes to a room of this run; the machine's other clients receive. Worker 0 has the
 * probes and times them. The other workers have the publisher and all other subscribers, which only count deliveries,
 * so that their work delays no timed one.
 */
import { fallsTo, testNumber } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import { schedule } from "../../plan/schedule.ts";
import type { Client } from "../client/client.ts";
import { OpenFailure } from "../client/failure.ts";
import type { Session } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace, sleepUntil } from "../pacing/pacer.ts";
import { countDue } from "../pacing/sends.ts";
import { type Slot, secondIn } from "../pacing/slot.ts";
import { Deliveries } from "./deliveries.ts";
import type { Work } from "./work.ts";

/** The client that publishes, by its number among the machine's; it does not join the room. */
const PUBLISHER = 0;

/** The number in the whole test of the client that publishes. */
export function publisherOf({ machine }: Pick<Plan, "machine">): number {
	return testNumber(machine, PUBLISHER);
}

/**
 * Probes are spread evenly over the join order, the last to join among them. `clients` and `number` are the machine's own.
 */
export function isProbe(plan: Pick<Plan, "clients" | "probes">, number: number): boolean {
	if (number === PUBLISHER) return false;
	const subscribers = plan.clients - 1;
	const probes = Math.min(plan.probes, subscribers);
	return Math.floor((number * probes) / subscribers) !== Math.floor(((number - 1) * probes) / subscribers);
}

/** Joins the load group's room; `limit` is in seconds. Throws an OpenFailure, and leaves the session as it is. */
export async function joinRoom(session: Session, room: string, limit: number): Promise<void> {
	try {
		await session.socket.timeout(limit * 1000).emitWithAck("join", room);
	} catch {
		const end = session.socket.connected ? null : session.ended();
		if (end !== null) throw new OpenFailure(end.kind, session.masked(`${end.text} while it joined a room`));
		throw new OpenFailure("no_join", `no acknowledgement of "join" in ${limit} s`);
	}
}

/** The room of a load group: another run on the same target, from this machine or another, has rooms of its own. */
export function roomOf({ runId }: Pick<Plan, "runId">, group: number): string {
	return `swarm-${runId}-${group}`;
}

interface Published {
	readonly run: string;
	readonly seq: number;
	readonly slot: number;
	/** On the clock of this host, which publisher and probes share. */
	readonly sentAt: number;
	readonly pad: string;
}

/** Publishes and receives the slot's messages. */
export async function fanout(work: Work): Promise<void> {
	const { plan, slot, group, stop } = work;
	const times = publishTimes(plan, slot);
	const hasProbes = work.worker === 0;
	const subscribers = group.opened.filter(({ number }) => number !== publisherOf(plan));
	const seconds = times.map((at) => secondIn(slot, at));
	const deliveries = new Deliveries(subscribers.length, seconds, hasProbes ? group.tally : null);
	const unsubscribe = subscribers.map((client, i) =>
		subscribe(client, plan.runId, slot, (seq, us) => deliveries.receive(i, seq, us)),
	);
	const publisher = group.clients.get(publisherOf(plan));
	if (publisher) await publish(work, publisher, times);
	else await sleepUntil(slot.endAt, stop);
	await deliveries.complete(plan.ackTimeout * 1e6, stop);
	for (const off of unsubscribe) off();
	deliveries.count(group.tally);
}

/** The machines' publishers take the messages of the one schedule in turn. */
function publishTimes({ arrivals, rate, seed, machine }: Plan, slot: Slot): number[] {
	const times: number[] = [];
	let number = 0;
	for (const at of schedule({ arrivals, rate, grain: 0, seed: seed + slot.number })) {
		if (slot.startAt + at >= slot.endAt) break;
		if (fallsTo({ index: machine.number - 1, of: machine.of }, number)) times.push(slot.startAt + at);
		number += 1;
	}
	return times;
}

/** Listens for the messages of this run and slot: others, of the application or of another run, are not this run's. */
function subscribe(
	client: Client,
	run: string,
	slot: Slot,
	receive: (seq: number, us: number) => void,
): () => void {
	const onMessage = (_room: unknown, message: Partial<Published> | null | undefined) => {
		if (message?.run !== run || message.slot !== slot.number) return;
		receive(Number(message.seq), nowUs() - Number(message.sentAt));
	};
	client.session.socket.on("room", onMessage);
	return () => client.session.socket.off("room", onMessage);
}

/** The publisher's own acknowledgements are timed as in an echo; its counts are those of the deliveries. */
async function publish(
	{ plan, slot, group, sends, stop }: Work,
	publisher: Client,
	times: number[],
): Promise<void> {
	const room = roomOf(plan, group.number);
	const pad = "x".repeat(plan.payload);
	await pace(
		times.map((at, seq) => ({ at, seq })).values(),
		({ at, seq }) =>
			() => {
				const sentAt = nowUs();
				countDue(sends, at, sentAt);
				if (!publisher.isOpen) return;
				sends.sent += 1;
				const message: Published = { run: plan.runId, seq, slot: slot.number, sentAt, pad };
				const answered = () => {
					const second = secondIn(slot, at);
					if (second < 0) return;
					group.tally.record("ack", second, nowUs() - at);
					group.tally.record("ack_service", second, nowUs() - sentAt);
				};
				publisher.send({ event: "room", args: () => [room, message] }, answered);
			},
		{ stop, sends },
	);
}
