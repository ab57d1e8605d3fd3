/** The metric of the warnings about nodes. */
import type { Row } from "../rows.ts";
import { type Family, gauge } from "./exposition.ts";

/** One sample for each warning in a node's row; none without warnings. */
export function warningMetric(rows: readonly Row[]): Family {
	return gauge(
		"sticky_edge_server_warning",
		"1 for each warning about a node; the statistics page has the fix.",
		rows.flatMap(({ proxy, server, warnings }) =>
			warnings.map(({ code }) => ({ labels: { proxy, server, warning: code }, value: 1 })),
		),
	);
}
