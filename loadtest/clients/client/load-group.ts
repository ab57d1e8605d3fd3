/** One worker's share of one group: its sessions, and their tally. */
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Metric } from "../../record/result.ts";
import { Tally } from "../../record/tally.ts";
import { nowUs } from "../pacing/clock.ts";
import type { Slot } from "../worker/messages.ts";
import { Member } from "./client.ts";
import { personaOf } from "./client-options.ts";
import { OpenFailure } from "./failure.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/** Opens, keeps and closes a worker's clients of one group. */
export class Crew {
	readonly group: LoadGroupPlan;
	readonly number: number;
	readonly tally = new Tally();
	/** By the client's number in the group; null = could not be opened. */
	readonly members = new Map<number, Member | null>();
	readonly plan: Plan;
	/** The slot that runs, for the second an event falls in. */
	slot: Slot | null = null;
	#closing = false;

	constructor(plan: Plan, number: number) {
		this.plan = plan;
		this.number = number;
		this.group = plan.groups[number]!;
	}

	get opened(): Member[] {
		return [...this.members.values()].filter((member) => member !== null);
	}

	/** The second of measurement at a monotonic time; 0 before any. */
	secondOf(at: number): number {
		if (this.slot === null) return 0;
		return Math.max(0, this.slot.second + Math.floor((at - this.slot.measureAt) / 1e6));
	}

	/** The session that a client opens. */
	personaOf(number: number): SessionOptions {
		return personaOf(this.plan, this.group, number);
	}

	/** Opens one client and keeps it; `joined` is awaited before it counts as open. */
	async add(number: number, joined: (session: Session) => Promise<void>): Promise<void> {
		const persona = this.personaOf(number);
		const session = await this.tryOpen(persona, joined);
		this.members.set(number, null);
		if (session === null) return;
		const member = new Member(number, session, this.plan.ack);
		this.members.set(number, member);
		session.socket.on("disconnect", (reason) => this.#lost(member, reason));
		session.socket.on("connect", () => this.#back(member));
	}

	/** Opens a session and counts it, its phases and its failure. */
	async tryOpen(
		persona: SessionOptions,
		joined: (session: Session) => Promise<void> = async () => {},
	): Promise<Session | null> {
		this.tally.counts.sessionsTried += 1;
		try {
			const session = await openSession(persona);
			await joined(session);
			this.tally.counts.sessionsOpen += 1;
			const second = this.secondOf(nowUs());
			for (const [metric, us] of Object.entries(session.phases))
				this.tally.record(metric as Metric, second, us);
			return session;
		} catch (error) {
			this.tally.fail(error instanceof OpenFailure ? `open_${error.kind}` : "open_error");
			return null;
		}
	}

	#lost(member: Member, reason: string): void {
		member.open = false;
		if (this.#closing) return;
		if (member.lostAt === 0) member.lostAt = nowUs();
		this.tally.counts.sessionsLost += 1;
		this.tally.fail(`session_${reason.replaceAll(" ", "_")}`);
	}

	#back(member: Member): void {
		member.open = true;
		this.#confirm(member);
	}

	/** Back means answered again, not merely connected. */
	#confirm(member: Member): void {
		const { lostAt } = member;
		const { ask } = this.personaOf(member.number);
		const back = () => {
			if (lostAt === 0 || member.lostAt !== lostAt) return;
			const now = nowUs();
			this.tally.record("recover", this.secondOf(now), now - lostAt);
			member.lostAt = 0;
		};
		if (ask === null) back();
		else member.ask(ask.event, ask.ack, back, ask.message);
	}

	/** What all connections have carried since they were opened. */
	traffic(): { bytesSent: number; bytesReceived: number; requests: number } {
		const sum = { bytesSent: 0, bytesReceived: 0, requests: 0 };
		for (const { session } of this.opened) {
			const { sent, received } = session.wire.bytes();
			sum.bytesSent += sent;
			sum.bytesReceived += received;
			sum.requests += session.wire.requests;
		}
		return sum;
	}

	/** Answers that came twice since the last call. */
	takeDoubled(): number {
		return this.opened.reduce((sum, member) => sum + member.takeDoubled(), 0);
	}

	close(): void {
		this.#closing = true;
		for (const { session } of this.opened) {
			session.socket.io.reconnection(false);
			session.socket.disconnect();
		}
	}
}
