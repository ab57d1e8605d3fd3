/** Columns and cells that several tables of a report share. */
import type { Group, Metric, Result } from "../../record/result.ts";
import { showCount, showMs } from "./number.ts";
import { QUANTILE_NAMES, QUANTILES, quantileText } from "./quantile.ts";
import { type Row, rowOf } from "./rows.ts";
import { left, right } from "./table.ts";

export const GROUP_COLUMNS = [left("transport"), left("path")];
export const QUANTILE_COLUMNS = [...QUANTILE_NAMES.map((name) => quantileText(QUANTILES[name])), "max"].map(
	right,
);

export function nameCells(group: Group): string[] {
	return [group.transport, group.path];
}

export function quantileCells(row: Row): string[] {
	return [...QUANTILE_NAMES.map((name) => row[name]), row.max].map(showMs);
}

export function quantileRows(result: Result, metric: Metric): string[][] {
	return result.groups.flatMap((group) => {
		const row = rowOf(group, metric);
		return row === undefined || row.count === 0 ? [] : [[...nameCells(group), ...quantileCells(row)]];
	});
}

/** Open sessions, and how many were tried if that is more. */
export function sessions(group: Group): string {
	const { sessionsOpen, sessionsTried } = group.counts;
	if (sessionsOpen === sessionsTried) return showCount(sessionsOpen);
	return `${showCount(sessionsOpen)} of ${showCount(sessionsTried)}`;
}
