/** What an isolate counts: plain numbers in typed arrays. Each pool's traffic has one slot for itself and one for each node. */
import { TRAFFICS, type Traffic } from "../contract.ts";
import { DENIALS } from "../request/denial.ts";

/** Counted for each slot. README.md, "Statistics", says what each means; a test holds the two equal. */
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
	...DENIALS.map((reason) => `denied_${reason}` as const),
] as const;
export type FrontCounted = (typeof FRONT_COUNTED)[number];

type Places<N extends string> = Readonly<Record<N, number>>;
const placesOf = <N extends string>(names: readonly N[]) =>
	Object.fromEntries(names.map((name, i) => [name, i])) as Places<N>;
/** Where each number stands in its slot, and where in the frontend's part, which is the first. */
export const AT: Places<Counted> = placesOf(COUNTED);
export const FRONT_AT: Places<FrontCounted> = placesOf(FRONT_COUNTED);
const TRAFFIC_PLACE: Places<Traffic> = placesOf(TRAFFICS);

/** The slot of a pool's traffic as a whole, beside the places of its nodes. */
export const WHOLE = -1;

export interface Counters {
	/** The frontend's numbers, then every slot's. */
	readonly numbers: Float64Array;
	/** `numbers` as the last flush carried them, whether the ledger took it or not. */
	readonly sent: Float64Array;
	/** By the pool's place: its number of nodes, and where its slots begin. */
	readonly nodes: readonly number[];
	readonly starts: readonly number[];
	/** Epoch ms of the isolate's first request. */
	readonly since: number;
	/** What the ledger knows this isolate by, drawn at its first flush, and its flushes so far. */
	isolate: string;
	sequence: number;
	/** Epoch ms: when the ledger last took a flush, or the name was drawn. */
	flushedAt: number;
	/** Epoch ms: when a flush was last begun; until when one is promised by a request that waits for it. */
	triedAt: number;
	promisedUntil: number;
}

/** Zeros for pools of so many nodes each. */
export function newCounters(nodes: readonly number[], now: number): Counters {
	const starts: number[] = [];
	let length = FRONT_COUNTED.length;
	for (const count of nodes) {
		starts.push(length);
		length += TRAFFICS.length * (count + 1) * COUNTED.length;
	}
	return {
		numbers: new Float64Array(length),
		sent: new Float64Array(length),
		nodes,
		starts,
		since: now,
		isolate: "",
		sequence: 0,
		flushedAt: 0,
		triedAt: 0,
		promisedUntil: 0,
	};
}

/** Where the numbers of a pool's traffic begin: for the whole of it (`WHOLE`) or for the node at a place. */
export function slotOf(counters: Counters, pool: number, traffic: Traffic, node: number): number {
	const width = counters.nodes[pool]! + 1;
	return counters.starts[pool]! + (TRAFFIC_PLACE[traffic] * width + node + 1) * COUNTED.length;
}
