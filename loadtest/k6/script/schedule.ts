/** When the messages of one client are due: its share of the swarm's even schedule (plan/schedule.ts). */

/** One client's share of the schedule. */
export interface Share {
	readonly client: number;
	readonly clients: number;
	/** Messages per second over all clients. */
	readonly rate: number;
	/** Seconds. */
	readonly duration: number;
}

/** The number of messages that the client has to send. */
export function messagesOf(share: Share): number {
	const { client, clients, rate, duration } = share;
	return Math.max(0, Math.ceil((duration * rate - 0.5 - client) / clients));
}

/** Milliseconds from the start of measurement at which the client's message `index` (from 0) is due. */
export function dueAfter({ client, clients, rate }: Share, index: number): number {
	return ((index * clients + client + 0.5) / rate) * 1000;
}
