/** A result as rows of transport × path × metric: the figures behind every format. */
import { type Group, type Metric, metricsIn, type Result, type Transport } from "../../record/result.ts";
import { milliseconds } from "./number.ts";
import { QUANTILE_NAMES, QUANTILES, type QuantileName, quantileMs } from "./quantile.ts";

/** One metric of one group. Times in milliseconds; null where the sample is too small for a quantile. */
export interface Row extends Record<QuantileName, number | null> {
	transport: Transport;
	path: string;
	metric: Metric;
	count: number;
	min: number | null;
	max: number | null;
}

/** The latency that a path adds over the base path, for one transport: differences of quantiles in milliseconds. */
export interface Added extends Record<QuantileName, number | null> {
	transport: Transport;
	path: string;
	base: string;
	metric: Metric;
}

/** All rows: groups in the order of the result, metrics in the order of the schema. */
export function rowsOf(result: Result): Row[] {
	return result.groups.flatMap((group) => metricsIn([group]).flatMap((metric) => rowOf(group, metric) ?? []));
}

/** One metric of one group, or undefined where it was not measured. */
export function rowOf(group: Group, metric: Metric): Row | undefined {
	const histogram = group.metrics[metric]?.histogram;
	if (histogram === undefined) return undefined;
	return {
		transport: group.transport,
		path: group.path,
		metric,
		count: histogram.count,
		min: histogram.count === 0 ? null : milliseconds(histogram.min),
		...perQuantile((name) => quantileMs(histogram, QUANTILES[name])),
		max: histogram.count === 0 ? null : milliseconds(histogram.max),
	};
}

/** Events that one session heard in a second. */
export function hearingRate({ counts: { received, sessionsOpen }, seconds }: Group): number {
	return received === 0 ? 0 : received / sessionsOpen / seconds;
}

/** The path that the others are compared with: `direct` if there is one, else the first of the plan. */
export function basePath(result: Pick<Result, "plan">): string {
	return basePathOf(result.plan.paths.map((path) => path.name));
}

/** The same for the names of a plan's paths, in its order. */
export function basePathOf(names: readonly string[]): string {
	return names.find((name) => name === "direct") ?? names[0] ?? "";
}

/** The latency that every other path adds, transport by transport. */
export function addedOf(result: Result, metric: Metric = "ack"): Added[] {
	const base = basePath(result);
	const rows = rowsOf(result).filter((row) => row.metric === metric);
	return rows.flatMap((row) => {
		const from = rows.find((other) => other.transport === row.transport && other.path === base);
		if (from === undefined || row.path === base) return [];
		const { transport, path } = row;
		return [{ transport, path, base, metric, ...perQuantile((name) => subtract(row[name], from[name])) }];
	});
}

/** A record with one value per quantile. */
function perQuantile<Value>(of: (name: QuantileName) => Value): Record<QuantileName, Value> {
	return Object.fromEntries(QUANTILE_NAMES.map((name) => [name, of(name)])) as Record<QuantileName, Value>;
}

function subtract(value: number | null, from: number | null): number | null {
	if (value === null || from === null) return null;
	return Math.round((value - from) * 1000) / 1000;
}
