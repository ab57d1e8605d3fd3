/** What a machine may compare with its last reading. */
import { HTTPException } from "hono/http-exception";
import { edgeError } from "../answers.ts";
import type { Statistics } from "./statistics.ts";

/**
 * The statistics, if they count on from the last reading. Throws EDGE_STATE (503, as the router answers it)
 * while a ledger is bound but silent: one isolate's counts are fewer, which Prometheus takes for a restart
 * (https://prometheus.io/docs/concepts/metric_types/#counter), and all of them for new ones afterwards.
 */
export function comparable(statistics: Statistics): Statistics {
	if (statistics.source !== "isolate_ledger_silent") return statistics;
	throw new HTTPException(503, { res: edgeError("EDGE_STATE", null) });
}
