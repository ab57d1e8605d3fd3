/** What a transport costs on Cloudflare Workers: list prices, the assumed user, and the requests measured. */
import { activityOf } from "../../plan/stored-plan.ts";
import type { Group, Result, Transport } from "../../record/result.ts";
import { NOT_AVAILABLE, showCount, showDollars } from "./number.ts";
import { left, right, type Table } from "./table.ts";

/**
 * Workers Paid, US dollars, before the included amounts (10 M requests and 30 M CPU-ms for $5 a month).
 * https://developers.cloudflare.com/workers/platform/pricing/
 */
export const PRICES = { readOn: "2026-11-22", perMillionRequests: 0.3, perMillionCpuMs: 0.02 } as const;

/** The assumed user: online around the clock in sessions of half an hour, one message a minute. */
export const USER = {
	hoursAMonth: 720,
	sessionsAnHour: 2,
	messagesAnHour: 60,
	/** Socket.IO's default pingInterval; over polling each heartbeat costs a GET and a POST. */
	pingIntervalSeconds: 25,
	/** CPU of one request at the edge in milliseconds, estimated on the high side. */
	cpuMsARequest: 1,
} as const;

/** Requests that open a session: Engine.IO handshake, Socket.IO connect, first poll. A WebSocket is one request. */
const HANDSHAKE_REQUESTS: Record<Transport, number> = {
	polling: 3,
	"polling-fetch": 3,
	websocket: 1,
	upgrade: 4,
	flashsocket: 1,
};

/** Cost of one transport for the assumed user. */
export interface Cost {
	requestsPerMessage: number;
	requestsPerUserHour: number;
	/** US dollars for 1,000 such users for a month. */
	dollars: number;
}

/** The cost of a group, or undefined where its client could not count requests or no message was acknowledged. */
export function costOf({ transport, counts }: Group): Cost | undefined {
	const polls = transport === "polling" || transport === "polling-fetch";
	if (counts.received === 0 || (polls && counts.requests === 0)) return undefined;
	const requestsPerMessage = counts.requests / counts.received;
	const heartbeats = polls ? (2 * 3600) / USER.pingIntervalSeconds : 0;
	const requestsPerUserHour =
		USER.sessionsAnHour * HANDSHAKE_REQUESTS[transport] +
		heartbeats +
		USER.messagesAnHour * requestsPerMessage;
	const millions = (1000 * USER.hoursAMonth * requestsPerUserHour) / 1e6;
	const dollars = millions * (PRICES.perMillionRequests + USER.cpuMsARequest * PRICES.perMillionCpuMs);
	return { requestsPerMessage, requestsPerUserHour, dollars };
}

/**
 * One row per transport on the last path of the plan (usually the edge). None for flows and events, which are no
 * messages, and for a single path unless it is called `edge`: the target may be any server.
 */
export function costTable(result: Result): Table {
	const { paths } = result.plan;
	const path = paths.length > 1 ? paths.at(-1)!.name : "edge";
	const hasMessages = !["flow", "listen"].includes(activityOf(result.plan));
	const groups = result.groups.filter(
		(group) => hasMessages && group.path === path && group.counts.received > 0,
	);
	return {
		caption: "Cost on Cloudflare Workers: 1,000 users for a month",
		columns: [
			left("transport"),
			right("requests per message"),
			right("requests per user-hour"),
			right("per 1,000 users a month"),
		],
		cells: groups.map((group) => [group.transport, ...costCells(costOf(group))]),
		notes: [
			`Assumed user: online all month, ${USER.sessionsAnHour} sessions and ${USER.messagesAnHour} messages an hour, pingInterval ${USER.pingIntervalSeconds} s. Requests per message are measured.`,
			`List prices of ${PRICES.readOn}: $${PRICES.perMillionRequests.toFixed(2)} per million requests, $${PRICES.perMillionCpuMs.toFixed(2)} per million CPU-ms at ${USER.cpuMsARequest} ms a request. The amounts included in the $5 plan are not subtracted.`,
		],
	};
}

function costCells(cost: Cost | undefined): string[] {
	if (cost === undefined) return [NOT_AVAILABLE, NOT_AVAILABLE, NOT_AVAILABLE];
	return [cost.requestsPerMessage.toFixed(2), showCount(cost.requestsPerUserHour), showDollars(cost.dollars)];
}
