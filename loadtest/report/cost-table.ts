/** The cost table: one row per transport, on the last path (the edge, as a rule). */
import type { Result } from "../record/result.ts";
import { costOf } from "./cost.ts";
import { NOT_AVAILABLE, showCount, showDollars } from "./number.ts";
import { PRICES, USER } from "./prices.ts";
import { left, right, type Table } from "./table.ts";

/** Requests and dollars per 1,000 users a month; empty where no message came back. */
export function costTable(result: Result): Table {
	const path = result.plan.paths.at(-1)?.name;
	const groups = result.groups.filter((group) => group.path === path && group.counts.received > 0);
	return {
		caption: "Cost on Cloudflare Workers: 1,000 users for a month",
		columns: [
			left("transport"),
			right("requests per message"),
			right("requests per user-hour"),
			right("per 1,000 users a month"),
		],
		cells: groups.map((group) => {
			const cost = costOf(group);
			if (cost === undefined) return [group.transport, NOT_AVAILABLE, NOT_AVAILABLE, NOT_AVAILABLE];
			const { requestsPerMessage, requestsPerUserHour, dollars } = cost;
			return [
				group.transport,
				requestsPerMessage.toFixed(2),
				showCount(requestsPerUserHour),
				showDollars(dollars),
			];
		}),
		notes: [
			`A user online all month: ${USER.sessionsAnHour} sessions an hour, ${USER.messagesAnHour} messages an hour, pingInterval ${USER.pingIntervalSeconds} s; requests per message as measured.`,
			`List prices of ${PRICES.readOn}: $${PRICES.perMillionRequests.toFixed(2)} per million requests, $${PRICES.perMillionCpuMs.toFixed(2)} per million CPU-ms at ${USER.cpuMsARequest} ms a request; the $5 plan's included amounts are not taken off.`,
		],
	};
}
