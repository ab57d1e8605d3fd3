/** Counts a single exchange. */
import { type Counters, newCounters } from "../../../worker/stats/counters.ts";
import type { Exchange } from "../../../worker/stats/exchange.ts";
import { count, type ExchangeFacts } from "../../../worker/stats/record.ts";
import { type Counts, countsOf } from "../../../worker/stats/sums.ts";
import { POOL } from "./exchanges.ts";
import { isolateOf } from "./pools.ts";

/** The frontend's counts of every request over TLS 1.3. */
export const FRONT = { requests: 1, tls_1_3: 1 };

const NO_BODIES: ExchangeFacts = { bytesIn: 0, bytesOut: 0, tls: "tls_1_3" };

/** What the exchange adds to the counters, by name. */
export function counted(exchange: Exchange, facts: ExchangeFacts = NO_BODIES): Counts {
	const counters: Counters = newCounters([POOL.nodes.length], 0);
	count(counters, exchange, facts);
	return countsOf(counters, isolateOf().pools);
}
