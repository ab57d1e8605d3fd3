/** Statistics as JSON. Field names are those of `Row` and of the counters; README.md says what they mean. */
import type { Row } from "./rows.ts";
import type { Statistics } from "./statistics.ts";

/** What is serialised: times as ISO 8601, each counter by name, zeros left out of `counts`. */
export function jsonOf(statistics: Statistics) {
	const { at, since, source, isolates, monitor, rows } = statistics;
	const one = (kind: Row["kind"]) => rows.filter((row) => row.kind === kind);
	return {
		at: new Date(at).toISOString(),
		since: new Date(since).toISOString(),
		source,
		isolates,
		monitor,
		frontend: one("frontend")[0],
		backends: one("backend").map((row) => ({ name: row.proxy, ...row })),
		nodes: one("server"),
	};
}
