/** Cloudflare's list prices and the user they are worked out for: the one table, with its date. */

/** Workers Paid, US dollars, before the included amounts (10 M requests and 30 M CPU-ms for $5 a month). */
export const PRICES = {
	readOn: "2026-11-22",
	source: "developers.cloudflare.com/workers/platform/pricing",
	perMillionRequests: 0.3,
	perMillionCpuMs: 0.02,
} as const;

/** The user of the estimate: online around the clock in sessions of half an hour, a message a minute. */
export const USER = {
	hoursAMonth: 720,
	sessionsAnHour: 2,
	messagesAnHour: 60,
	/** Socket.IO's default pingInterval: polling spends a GET and a POST on each. */
	pingIntervalSeconds: 25,
	/** CPU of one request at the edge, milliseconds: what Cloudflare would bill, taken on the high side. */
	cpuMsARequest: 1,
} as const;
