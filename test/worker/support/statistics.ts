/** Statistics with every case: three nodes, one DOWN, one draining, a session limit, slow start, warnings. */
import type { Config } from "../../../worker/config/config.ts";
import type { NodeVerdict, Verdict } from "../../../worker/health/verdict.ts";
import type { Totals } from "../../../worker/stats/ledger.ts";
import { rowsOf } from "../../../worker/stats/rows.ts";
import type { Statistics } from "../../../worker/stats/statistics.ts";
import { configOf, variables } from "./pools.ts";

export const NOW = Date.UTC(2026, 10, 23, 12);

const CONFIG = configOf(variables({ slow_start: 30 }));

export const TOTALS: Totals = {
	since: NOW - 90_061_000,
	isolates: 4,
	counts: {
		front: {
			requests: 1_234_567,
			sessions: 900,
			redirected: 7,
			plain_upgrades: 2,
			no_route: 3,
			own: 5,
			bytes_in: 1500,
			bytes_out: 2_500_000,
			hrsp_2xx: 1_234_000,
			hrsp_4xx: 567,
			tls_1_3: 1_234_560,
			plain_http: 7,
			log_lines: 1100,
			log_suppressed: 495,
			failed_tokens: 11,
			denied_origin: 4,
			denied_eio: 6,
		},
		app_polling: {
			requests: 1000,
			sessions: 400,
			picks: 402,
			sticky: 590,
			gone: 9,
			denied: 10,
			unreachable: 2,
			timeouts: 1,
			server_errors: 3,
			retries: 2,
			redispatches: 2,
			bytes_in: 1500,
			bytes_out: 2000,
			hrsp_2xx: 980,
			hrsp_4xx: 17,
			hrsp_5xx: 3,
			code_1: 9,
			waits: 100,
			wait_le_5: 80,
			wait_le_10: 12,
			wait_le_100: 5,
			wait_le_5000: 2,
			wait_ms: 250,
			total_ms: 300,
		},
		"app_polling/n1": {
			requests: 500,
			sessions: 200,
			picks: 201,
			sticky: 290,
			unreachable: 2,
			retries: 2,
			redispatches: 2,
			hrsp_2xx: 490,
		},
		app_websocket: { requests: 500, sessions: 200, upgrades_tried: 310, upgrades_done: 300, hrsp_1xx: 500 },
		app_http: { requests: 77, hrsp_2xx: 77, picks: 77 },
	},
	rates: { front: { sessions: 2.5, requests: 120 }, app_polling: { sessions: 1.25, requests: 60 } },
	rateMax: { front: { sessions: 9, requests: 300 } },
	liveMax: { app_websocket: 480, "app_websocket/n1": 300 },
	warnings: {},
};

/** A node that never followed the contract, and is healthy because Engine.IO answers. */
export const NO_CHECK: Partial<NodeVerdict> = {
	reason: "NO CHECK/400 in 2 ms",
	check: { word: "NO CHECK", status: 400, milliseconds: 2 },
	health: null,
	hasSpokenContract: false,
};

/** The verdict with changes to the nodes of the given ids. */
export function verdictWith(changes: Readonly<Record<string, Partial<NodeVerdict>>>): Verdict {
	return { ...VERDICT, nodes: VERDICT.nodes.map((each) => ({ ...each, ...changes[each.node] })) };
}

function verdictOf(node: string, changes: Partial<NodeVerdict>): NodeVerdict {
	const transports = { polling: 10, websocket: 100, flashsocket: 1 };
	return {
		pool: "app",
		node,
		state: "UP",
		adminState: "ready",
		weight: 100,
		since: NOW - 60_000,
		risen: 0,
		reason: "L7OK/200 in 3 ms",
		fault: "",
		check: { word: "L7OK", status: 200, milliseconds: 3 },
		failedProbes: 0,
		downs: 0,
		downtime: 0,
		health: {
			schema: 1,
			node,
			tag: "AAA",
			boot: "b",
			state: "ready",
			sessions: 111,
			limit: 500,
			transports,
			opened: 4000,
			closed: { "ping timeout": 3 },
		},
		...changes,
	};
}

export const VERDICT: Verdict = {
	at: NOW,
	nodes: [
		verdictOf("n1", { risen: NOW - 15_000, weight: 50 }),
		verdictOf("n2", {
			state: "DOWN",
			reason: "L4CON <b>refused</b>",
			check: { word: "L4CON", status: 0, milliseconds: 1 },
			failedProbes: 12,
			downs: 2,
			downtime: 61_000,
			health: null,
		}),
		verdictOf("n3", { state: "DRAIN", adminState: "drain", reason: "operator: drain", fault: "foreign_tag" }),
	],
};

/** The statistics at `NOW`; a null `verdict` = no monitor. */
export function statisticsOf(
	verdict: Verdict | null = VERDICT,
	totals: Totals = TOTALS,
	config: Pick<Config, "pools"> = CONFIG,
): Statistics {
	return {
		at: NOW,
		since: totals.since,
		source: "ledger",
		isolates: totals.isolates,
		monitor: verdict !== null,
		rows: rowsOf(config, totals, verdict, NOW),
	};
}
