/**
 * One client publishes to a room, the others receive. Worker 0 has the probes and times them; the other workers have
 * the publisher and all other subscribers, which only count, so that their work delays no timed delivery.
 */
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

/** The client that publishes; it does not join the room. */
export const PUBLISHER = 0;

/** Probes are spread evenly over the join order, the last to join among them. */
export function isProbe(plan: Pick<Plan, "clients" | "probes">, number: number): boolean {
	if (number === PUBLISHER) return false;
	const subscribers = plan.clients - 1;
	const probes = Math.min(plan.probes, subscribers);
	return Math.floor((number * probes) / subscribers) !== Math.floor(((number - 1) * probes) / subscribers);
}

/** Joins the load group's room; `limit` is in seconds. Throws an OpenFailure. */
export async function joinRoom(session: Session, room: string, limit: number): Promise<void> {
	try {
		await session.socket.timeout(limit * 1000).emitWithAck("join", room);
	} catch {
		const end = session.ended();
		session.socket.disconnect();
		if (end !== null) throw new OpenFailure(end.kind, session.masked(`${end.text} while it joined a room`));
		throw new OpenFailure("no_join", `no acknowledgement of "join" in ${limit} s`);
	}
}

/** The room of a load group. */
export function roomOf(plan: Plan, group: number): string {
	return `swarm-${plan.seed}-${group}`;
}

interface Published {
	readonly seq: number;
	readonly slot: number;
	readonly sentAt: number;
	readonly pad: string;
}

/** Publishes and receives the slot's messages. */
export async function fanout(work: Work): Promise<void> {
	const { plan, slot, group, stop } = work;
	const times = publishTimes(plan, slot);
	const hasProbes = work.worker === 0;
	const subscribers = group.opened.filter(({ number }) => number !== PUBLISHER);
	const seconds = times.map((at) => secondIn(slot, at));
	const deliveries = new Deliveries(subscribers.length, seconds, hasProbes ? group.tally : null);
	const unsubscribe = subscribers.map((client, i) => subscribe(client, i, slot, deliveries));
	const publisher = group.clients.get(PUBLISHER);
	if (publisher) await publish(work, publisher, times);
	else await sleepUntil(slot.endAt, stop);
	await deliveries.complete(plan.ackTimeout * 1e6, stop);
	for (const off of unsubscribe) off();
	deliveries.count(group.tally);
}

function publishTimes({ arrivals, rate, seed }: Plan, slot: Slot): number[] {
	const times: number[] = [];
	for (const at of schedule({ arrivals, rate, grain: 0, seed: seed + slot.number })) {
		if (slot.startAt + at >= slot.endAt) break;
		times.push(slot.startAt + at);
	}
	return times;
}

function subscribe(client: Client, subscriber: number, slot: Slot, deliveries: Deliveries): () => void {
	const onMessage = (_room: string, message: Published) => {
		if (message.slot !== slot.number) return;
		deliveries.receive(subscriber, message.seq, nowUs() - message.sentAt);
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
		({ at, seq }) => {
			const sentAt = nowUs();
			countDue(sends, at, sentAt);
			if (!publisher.isOpen) return;
			sends.sent += 1;
			const message: Published = { seq, slot: slot.number, sentAt, pad };
			const answered = () => {
				const second = secondIn(slot, at);
				if (second < 0) return;
				group.tally.record("ack", second, nowUs() - at);
				group.tally.record("ack_service", second, nowUs() - sentAt);
			};
			publisher.send("room", "", answered, room, message);
		},
		stop,
	);
}
