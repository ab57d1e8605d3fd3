/** What one passage alone adds to the counters. */
import type { Passage } from "../../../worker/passage.ts";
import { type Counters, newCounters } from "../../../worker/stats/counters.ts";
import { type Counts, countsOf } from "../../../worker/stats/sums.ts";
import { type Facts, tally } from "../../../worker/stats/tally.ts";
import { POOL } from "./passages.ts";

/** What every request over TLS 1.3 adds to the frontend. */
export const FRONT = { requests: 1, tls_1_3: 1 };

const NOTHING: Facts = { bytesIn: 0, bytesOut: 0, tls: "tls_1_3" };

/** Its counts by name. */
export function counted(passage: Passage, facts: Facts = NOTHING): Counts {
	const counters: Counters = newCounters([POOL.nodes.length], 0);
	tally(counters, passage, facts);
	return countsOf(counters, [POOL]);
}
