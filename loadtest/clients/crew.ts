/** One worker's share of one group: its sessions, and their tally. */
import type { GroupPlan, Plan } from "../plan/plan.ts";
import { Tally } from "../record/tally.ts";
import { type Client, clientOf } from "./echo.ts";
import { OpenFailure } from "./failure.ts";
import { openSession } from "./session.ts";

export class Crew {
	readonly group: GroupPlan;
	readonly tally = new Tally();
	/** By the client's number in the group; null = could not be opened. */
	readonly clients = new Map<number, Client | null>();
	readonly #plan: Plan;
	#closing = false;

	constructor(plan: Plan, group: GroupPlan) {
		this.#plan = plan;
		this.group = group;
	}

	/** Opens one client, and counts it either way. */
	async open(number: number): Promise<void> {
		this.tally.counts.sessionsTried += 1;
		const { urls } = this.group.path;
		const plan = this.#plan;
		try {
			const session = await openSession({
				url: urls[number % urls.length]!,
				transport: this.group.transport,
				socketPath: plan.socketPath,
				insecure: plan.insecure,
				policyPort: plan.policyPort,
				connectTimeout: plan.connectTimeout,
				event: plan.probe === "echo" ? plan.event : null,
				payload: payloadOf(plan.payload),
			});
			const client = clientOf(session);
			this.clients.set(number, client);
			this.tally.counts.sessionsOpen += 1;
			for (const [metric, us] of Object.entries(session.phases))
				this.tally.record(metric as keyof typeof session.phases, 0, us);
			session.socket.once("disconnect", (reason) => this.#lost(client, reason));
		} catch (error) {
			this.clients.set(number, null);
			this.tally.fail(error instanceof OpenFailure ? `open_${error.kind}` : "open_error");
		}
	}

	#lost(client: Client, reason: string): void {
		client.open = false;
		if (this.#closing) return;
		this.tally.counts.sessionsLost += 1;
		this.tally.fail(`session_${reason.replaceAll(" ", "_")}`);
	}

	/** What all connections have carried since they were opened. */
	traffic(): { bytesSent: number; bytesReceived: number; requests: number } {
		const sum = { bytesSent: 0, bytesReceived: 0, requests: 0 };
		for (const client of this.clients.values()) {
			if (client === null) continue;
			const { sent, received } = client.session.wire.bytes();
			sum.bytesSent += sent;
			sum.bytesReceived += received;
			sum.requests += client.session.wire.requests;
		}
		return sum;
	}

	/** Acknowledgements that came twice since the last call. */
	takeDoubled(): number {
		let doubled = 0;
		for (const client of this.clients.values()) {
			if (client === null) continue;
			doubled += client.packets - client.answers;
			client.packets = client.answers;
		}
		return Math.max(0, doubled);
	}

	close(): void {
		this.#closing = true;
		for (const client of this.clients.values()) client?.session.socket.disconnect();
	}
}

/** A payload of that many bytes: one character, one byte on the wire. */
export function payloadOf(bytes: number): string {
	return "x".repeat(bytes);
}
