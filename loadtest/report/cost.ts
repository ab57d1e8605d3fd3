/** What a transport costs on Cloudflare: from the requests it was measured to make. */
import type { Group, Transport } from "../record/result.ts";
import { PRICES, USER } from "./prices.ts";

/** Cost of one transport for the user of prices.ts. */
export interface Cost {
	transport: Transport;
	path: string;
	requestsPerMessage: number;
	requestsPerUserHour: number;
	/** US dollars for 1,000 such users for a month. */
	dollars: number;
}

/** Requests that open a session: Engine.IO open, Socket.IO connect, first poll; WebSocket is one. */
const OPENING: Record<Transport, number> = {
	polling: 3,
	"polling-fetch": 3,
	websocket: 1,
	upgrade: 4,
	flashsocket: 1,
};

/** The cost of a group, or undefined where its client could not count requests or no message came back. */
export function costOf(group: Group): Cost | undefined {
	const { transport, path, counts } = group;
	const polls = transport === "polling" || transport === "polling-fetch";
	if (counts.received === 0 || (polls && counts.requests === 0)) return undefined;
	const requestsPerMessage = counts.requests / counts.received;
	const heartbeats = polls ? (2 * 3600) / USER.pingIntervalSeconds : 0;
	const requestsPerUserHour =
		USER.sessionsAnHour * OPENING[transport] + heartbeats + USER.messagesAnHour * requestsPerMessage;
	const millions = (1000 * USER.hoursAMonth * requestsPerUserHour) / 1e6;
	const dollars = millions * (PRICES.perMillionRequests + USER.cpuMsARequest * PRICES.perMillionCpuMs);
	return { transport, path, requestsPerMessage, requestsPerUserHour, dollars };
}
