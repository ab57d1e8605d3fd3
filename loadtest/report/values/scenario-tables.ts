/** The tables of flows and of what sessions hear. */
import { activityOf, storedIn } from "../../plan/stored-plan.ts";
import { type Metric, metricsIn, type Result } from "../../record/result.ts";
import {
	GROUP_COLUMNS,
	nameCells,
	QUANTILE_COLUMNS,
	quantileCells,
	quantileRows,
	sessions,
} from "./cells.ts";
import { NOT_AVAILABLE, showCount, showRate } from "./number.ts";
import { hearingRate, rowOf } from "./rows.ts";
import { left, right, type Table } from "./table.ts";

/** How long each step of a flow took, in each load group. */
export function stepTable(result: Result): Table {
	const steps = metricsIn(result.groups).filter((metric) => metric.startsWith("step:"));
	return {
		caption: "Steps: from when the emit was due to its answer, milliseconds",
		columns: [left("step"), ...GROUP_COLUMNS, ...QUANTILE_COLUMNS],
		cells: steps.flatMap((metric: Metric) =>
			quantileRows(result, metric).map((row) => [metric.slice("step:".length), ...row]),
		),
		notes: [`A step that was not answered counts with ${result.plan.ackTimeout} s (--ack-timeout).`],
	};
}

/** What the sessions of a `listen` heard: how much, how evenly, and what is missing. */
export function hearingTable(result: Result): Table {
	const isNumbered = storedIn(result.plan, "hearSeq") !== "";
	const groups = activityOf(result.plan) === "listen" ? result.groups : [];
	return {
		caption: "Events heard, and the gaps between them in milliseconds",
		columns: [
			...GROUP_COLUMNS,
			right("sessions"),
			right("events"),
			right("events/s each"),
			...(isNumbered ? [right("lost"), right("doubled"), right("reordered")] : []),
			...QUANTILE_COLUMNS.map(({ title }, at) => (at === 0 ? right(`gap ${title}`) : right(title))),
		],
		cells: groups.map((group) => {
			const { received, lost, doubled, reordered } = group.counts;
			const gaps = rowOf(group, "gap");
			return [
				...nameCells(group),
				sessions(group),
				showCount(received),
				showRate(hearingRate(group)),
				...(isNumbered ? [lost, doubled, reordered].map(showCount) : []),
				...(gaps === undefined ? QUANTILE_COLUMNS.map(() => NOT_AVAILABLE) : quantileCells(gaps)),
			];
		}),
		notes: [
			"events/s each: on each session. The gap, and all columns to its right, are times between two events of a session.",
			...(isNumbered ? [] : ["Without --hear-seq it is unknown whether events were lost."]),
		],
	};
}
