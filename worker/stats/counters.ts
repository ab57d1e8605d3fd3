/** An isolate's counters: plain numbers in one typed array. Each traffic of each pool has one slot for its total and one per node. */
import type { Config } from "../config/config.ts";
import { TRAFFICS, type Traffic } from "../contract.ts";
import type { PoolStatus } from "../health/verdict.ts";
import { DENIAL_REASONS } from "../policy/denial.ts";
import type { LogLimits } from "./log-limit.ts";

/** Upper bounds in ms of the buckets for the time until a node's headers: from a node in the same network to a slow answer. */
export const WAIT_BUCKETS_MS = [5, 10, 25, 50, 100, 250, 1000, 5000] as const;

/** The counters of answers, by the first digit of the status; and those of Engine.IO's errors, by their code. */
export const STATUS_CLASSES = ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx"] as const;
export const ENGINE_CODES = ["code_0", "code_1", "code_2", "code_3", "code_4", "code_5"] as const;

/** The counters of each slot. worker/README.md, "Statistics", explains each; a test compares the two. */
export const COUNTED = [
	"requests",
	"sessions",
	"picks",
	"sticky",
	"gone",
	"denied",
	"no_node",
	"preflights",
	"unreachable",
	"timeouts",
	"server_errors",
	"refused",
	"retries",
	"redispatches",
	"upgrades_tried",
	"upgrades_done",
	"bytes_in",
	"bytes_out",
	...STATUS_CLASSES,
	...ENGINE_CODES,
	"waits",
	// Each attempt counts in the first bucket that holds its time, and in none when it took longer than the last.
	...WAIT_BUCKETS_MS.map((bound) => `wait_le_${bound}` as const),
	"wait_ms",
	"total_ms",
] as const;
export type Counted = (typeof COUNTED)[number];

/** The counters of the frontend. */
export const FRONT_COUNTED = [
	"requests",
	"sessions",
	"redirected",
	"plain_upgrades",
	"no_route",
	"own",
	"bytes_in",
	"bytes_out",
	...STATUS_CLASSES,
	"tls_1_3",
	"tls_1_2",
	"tls_unknown",
	"plain_http",
	"log_lines",
	"log_suppressed",
	"failed_tokens",
	...DENIAL_REASONS.map((reason) => `denied_${reason}` as const),
] as const;

type Offsets<N extends string> = Readonly<Record<N, number>>;
const offsetsOf = <N extends string>(names: readonly N[]) =>
	Object.fromEntries(names.map((name, i) => [name, i])) as Offsets<N>;
/** The offset of each counter in a slot, and in the frontend's part, with which the array begins. */
export const AT: Offsets<Counted> = offsetsOf(COUNTED);
export const FRONT_AT: Offsets<(typeof FRONT_COUNTED)[number]> = offsetsOf(FRONT_COUNTED);

/** Where the slots of one traffic begin: the slot of its total, and those of the nodes, by node index. */
export interface TrafficSlots {
	readonly total: number;
	readonly nodes: readonly number[];
}

export interface Counters {
	/** The frontend's counters, then those of every slot. */
	readonly numbers: Float64Array;
	/** `numbers` as of the last flush, whether or not the ledger received it. */
	readonly sent: Float64Array;
	/** By the pool's index. */
	readonly slots: readonly Readonly<Record<Traffic, TrafficSlots>>[];
	/** Epoch ms of the isolate's first request. */
	readonly since: number;
	/** This isolate's name in the ledger, drawn at its first flush, and the number of its flushes. */
	isolate: string;
	sequence: number;
	/** Epoch ms: when the ledger last accepted a flush, or the name was drawn. */
	flushedAt: number;
	/** Epoch ms: when the last flush began, and until when a request is waiting to flush. */
	triedAt: number;
	scheduledUntil: number;
}

/** The parts of an isolate that the statistics use. */
export interface StatsSource {
	readonly config: Pick<Config, "platform" | "settings" | "pools">;
	readonly pools: readonly PoolStatus[];
	readonly counters: Counters;
	readonly logLimits: LogLimits;
}

/** Zeros for pools with the given numbers of nodes. */
export function newCounters(nodeCounts: readonly number[], now: number): Counters {
	let length = FRONT_COUNTED.length;
	const nextSlot = () => {
		const slot = length;
		length += COUNTED.length;
		return slot;
	};
	const slots = nodeCounts.map((nodes) => {
		const ofTraffic = TRAFFICS.map((traffic): [Traffic, TrafficSlots] => [
			traffic,
			{ total: nextSlot(), nodes: Array.from({ length: nodes }, nextSlot) },
		]);
		return Object.fromEntries(ofTraffic) as Record<Traffic, TrafficSlots>;
	});
	return {
		numbers: new Float64Array(length),
		sent: new Float64Array(length),
		slots,
		since: now,
		isolate: "",
		sequence: 0,
		flushedAt: 0,
		triedAt: 0,
		scheduledUntil: 0,
	};
}
