/**
 * One publishes to a room, the others hear it. Worker 0 holds the probes and times them; the other workers hold
 * publisher and bulk, which only count, so that their work delays no timed delivery.
 */
import type { Plan } from "../../plan/plan.ts";
import { schedule } from "../../plan/schedule.ts";
import type { Member } from "../client/client.ts";
import { OpenFailure } from "../client/failure.ts";
import type { Session } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace, until } from "../pacing/pacer.ts";
import type { Slot } from "../worker/messages.ts";
import { Deliveries } from "./deliveries.ts";
import { secondIn, type Work } from "./work.ts";

/** The client that publishes; it does not join the room. */
export const PUBLISHER = 0;

/** Probes lie evenly over the join order, the last to join among them. */
export function isProbe(plan: Pick<Plan, "clients" | "probes">, number: number): boolean {
	if (number === PUBLISHER) return false;
	const subscribers = plan.clients - 1;
	const probes = Math.min(plan.probes, subscribers);
	return Math.floor((number * probes) / subscribers) !== Math.floor(((number - 1) * probes) / subscribers);
}

/** Joins the group's room. Throws an OpenFailure. */
export async function joinRoom(session: Session, room: string, limit: number): Promise<void> {
	try {
		await session.socket.timeout(limit * 1000).emitWithAck("join", room);
	} catch {
		session.socket.disconnect();
		throw new OpenFailure("no_join", `no acknowledgement of "join" in ${limit} s`);
	}
}

/** The room of a group. */
export function roomOf(plan: Plan, group: number): string {
	return `swarm-${plan.seed}-${group}`;
}

interface Published {
	readonly seq: number;
	readonly slot: number;
	readonly sentAt: number;
	readonly pad: string;
}

/** Publishes and hears the slot's messages. */
export async function fanout(work: Work): Promise<void> {
	const { plan, slot, crew, stop } = work;
	const times = publishTimes(plan, slot);
	const probes = work.worker === 0;
	const subscribers = crew.opened.filter(({ number }) => number !== PUBLISHER);
	const seconds = times.map((at) => secondIn(slot, at));
	const deliveries = new Deliveries(subscribers.length, seconds, probes ? crew.tally : null);
	const listeners = subscribers.map((member, i) => listen(member, i, slot, deliveries));
	const publisher = crew.members.get(PUBLISHER);
	if (publisher) await publish(work, publisher, times);
	else await until(slot.endAt, stop);
	await deliveries.complete(plan.ackTimeout * 1e6, stop);
	for (const leave of listeners) leave();
	deliveries.count(crew.tally);
}

function publishTimes(plan: Plan, slot: Slot): number[] {
	const times: number[] = [];
	for (const at of schedule({
		arrivals: plan.arrivals,
		rate: plan.rate,
		grain: 0,
		seed: plan.seed + slot.number,
	})) {
		if (slot.startAt + at >= slot.endAt) break;
		times.push(slot.startAt + at);
	}
	return times;
}

function listen(member: Member, subscriber: number, slot: Slot, deliveries: Deliveries): () => void {
	const hear = (_room: string, message: Published) => {
		if (message.slot !== slot.number) return;
		deliveries.hear(subscriber, message.seq, nowUs() - message.sentAt);
	};
	member.session.socket.on("room", hear);
	return () => member.session.socket.off("room", hear);
}

/** The publisher's own acknowledgements are timed as in any echo, its counts left to the deliveries. */
async function publish(
	{ plan, slot, crew, sends, stop }: Work,
	publisher: Member,
	times: number[],
): Promise<void> {
	const room = roomOf(plan, crew.number);
	const pad = "x".repeat(plan.payload);
	await pace(
		times.map((at, seq) => ({ at, seq })).values(),
		({ at, seq }) => {
			const sentAt = nowUs();
			sends.due += 1;
			if (sentAt - at > 5000) sends.late += 1;
			if (!publisher.open) return;
			sends.sent += 1;
			const message: Published = { seq, slot: slot.number, sentAt, pad };
			const answered = () => {
				const second = secondIn(slot, at);
				if (second < 0) return;
				crew.tally.record("ack", second, nowUs() - at);
				crew.tally.record("ack_service", second, nowUs() - sentAt);
			};
			publisher.ask("room", "", answered, room, message);
		},
		stop,
	);
}
