/** The report as JSON: the rows that scripts read. */
import type { Result } from "../record/result.ts";
import { headlineOf } from "./headline.ts";
import { addedOf, rowsOf } from "./rows.ts";
import { validityOf } from "./validity.ts";

/** `rows`: transport, path, metric, count, min, p50, p90, p99, p999, max in milliseconds, null = unsupported. */
export function reportJson(result: Result): string {
	const validity = validityOf(result);
	const report = {
		kind: "sticky-edge/report",
		version: 1,
		id: result.id,
		startedAt: result.startedAt,
		validity: { trust: validity.trust, sentence: validity.sentence, flags: validity.flags },
		headline: headlineOf(result),
		rows: rowsOf(result),
		added: addedOf(result),
		groups: result.groups.map(({ transport, path, seconds, counts, errors }) => ({
			transport,
			path,
			seconds,
			...counts,
			errors,
		})),
	};
	return `${JSON.stringify(report, null, "\t")}\n`;
}
