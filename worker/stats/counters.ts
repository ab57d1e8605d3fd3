/** What an isolate counts: plain numbers in one typed array. The traffic of each pool has a slot for itself and one for each node. */
import type { Config } from "../config/config.ts";
import { TRAFFICS, type Traffic } from "../contract.ts";
import type { PoolStatus } from "../health/verdict.ts";
import { DENIAL_REASONS } from "../policy/denial.ts";

/** Counted in each slot. README.md, "Statistics", explains each; a test compares the two. */
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
	"hrsp_1xx",
	"hrsp_2xx",
	"hrsp_3xx",
	"hrsp_4xx",
	"hrsp_5xx",
	"code_0",
	"code_1",
	"code_2",
	"code_3",
	"code_4",
	"code_5",
	"waits",
	"wait_ms",
	"total_ms",
] as const;
export type Counted = (typeof COUNTED)[number];

/** Counted for the frontend as a whole. */
export const FRONT_COUNTED = [
	"requests",
	"sessions",
	"redirected",
	"plain_upgrades",
	"no_route",
	"own",
	"bytes_in",
	"bytes_out",
	"hrsp_1xx",
	"hrsp_2xx",
	"hrsp_3xx",
	"hrsp_4xx",
	"hrsp_5xx",
	"tls_1_3",
	"tls_1_2",
	"tls_unknown",
	"plain_http",
	"log_lines",
	...DENIAL_REASONS.map((reason) => `denied_${reason}` as const),
] as const;
export type FrontCounted = (typeof FRONT_COUNTED)[number];

type Offsets<N extends string> = Readonly<Record<N, number>>;
const offsetsOf = <N extends string>(names: readonly N[]) =>
	Object.fromEntries(names.map((name, i) => [name, i])) as Offsets<N>;
/** The offset of each number in its slot, and in the frontend's part, which comes first. */
export const AT: Offsets<Counted> = offsetsOf(COUNTED);
export const FRONT_AT: Offsets<FrontCounted> = offsetsOf(FRONT_COUNTED);

/** Where the slots of one kind of traffic begin: of the traffic as a whole, and of each node's share by the node's index. */
export interface TrafficSlots {
	readonly whole: number;
	readonly nodes: readonly number[];
}

export interface Counters {
	/** The frontend's numbers, then those of every slot. */
	readonly numbers: Float64Array;
	/** `numbers` as of the last flush, whether or not the ledger received it. */
	readonly sent: Float64Array;
	/** By the pool's index. */
	readonly slots: readonly Readonly<Record<Traffic, TrafficSlots>>[];
	/** Epoch ms of the isolate's first request. */
	readonly since: number;
	/** The name under which the ledger knows this isolate, drawn at its first flush, and its flushes so far. */
	isolate: string;
	sequence: number;
	/** Epoch ms: when the ledger last accepted a flush, or the name was drawn. */
	flushedAt: number;
	/** Epoch ms: when the last flush began, and until when a waiting request has promised one. */
	triedAt: number;
	promisedUntil: number;
}

/** The parts of an isolate that statistics use. */
export interface StatsSource {
	readonly config: Pick<Config, "platform" | "settings" | "pools">;
	readonly pools: readonly PoolStatus[];
	readonly counters: Counters;
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
			{ whole: nextSlot(), nodes: Array.from({ length: nodes }, nextSlot) },
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
		promisedUntil: 0,
	};
}
