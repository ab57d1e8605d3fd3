/** The statistics page as text, for tests in a browser. */
import type { Verdict } from "../../../worker/health/verdict.ts";
import type { Statistics } from "../../../worker/stats/statistics.ts";
import { livePart, pageOf } from "../../../worker/stats/views/page.ts";
import { configOf, variables } from "./pools.ts";
import { NO_CHECK, statisticsOf, TOTALS, VERDICT, verdictWith } from "./statistics.ts";

const LONG_FIX = "a fix that is quite long ".repeat(10);

/** What differs from the usual statistics. */
const VERDICTS = {
	usual: VERDICT,
	no_monitor: null,
	notes: verdictWith({
		n1: NO_CHECK,
		n3: { operatorWeight: 5, warnings: [{ code: "keep_alive", fix: LONG_FIX }] },
	}),
	weight: verdictWith({ n2: { weight: 20, operatorWeight: 20, state: "UP" } }),
	denial: VERDICT,
} satisfies Record<string, Verdict | null>;
export type Variant = keyof typeof VERDICTS;

/** The page, and the part that it refreshes, of a pool whose nodes are in this order. */
export function pagesOf(ids: readonly string[], variant: Variant = "usual") {
	const nodes = ids.map((id) => ({ id, url: `http://127.0.0.1:${3000 + Number(id.slice(1))}` }));
	const config = configOf(variables({ nodes }));
	const usual = statisticsOf(VERDICTS[variant], TOTALS, config);
	const statistics = variant === "denial" ? withDenial(usual) : usual;
	return { page: pageOf(statistics, "nonce"), live: livePart(statistics) };
}

/** One denial of a reason that had none before. */
function withDenial(statistics: Statistics): Statistics {
	const rows = statistics.rows.map((row) =>
		row.kind === "frontend" ? { ...row, counts: { denied_body: 1, ...row.counts } } : row,
	);
	return { ...statistics, rows };
}
