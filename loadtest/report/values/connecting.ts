/** How sessions were opened: the phases of single ones, and the run's sessions together. */
import { storedIn } from "../../plan/stored-plan.ts";
import { Histogram } from "../../record/histogram.ts";
import { PHASES } from "../../record/metrics.ts";
import type { Group, Result } from "../../record/result.ts";
import { GROUP_COLUMNS, nameCells, QUANTILE_COLUMNS, quantileCells } from "./cells.ts";
import { showCount, showMs } from "./number.ts";
import { quantileMs } from "./quantile.ts";
import { rowOf } from "./rows.ts";
import { right, type Table } from "./table.ts";

/** The median of each connection phase. */
export function phaseTable(result: Result): Table {
	const columns = [...PHASES, ["upgrade", "upgrade"] as const, ["connect", "connected after"] as const];
	const measured = columns.filter(([metric]) =>
		result.groups.some((group) => (rowOf(group, metric)?.count ?? 0) > 0),
	);
	const cells = result.groups.map((group) => [
		...nameCells(group),
		...measured.map(([metric]) => {
			const row = rowOf(group, metric);
			return row === undefined || row.count === 0 ? "–" : showMs(row.p50);
		}),
	]);
	// The swarm's ramp, and k6, time the phases of the sessions that are the load.
	const isAlone = result.opening !== undefined;
	return {
		caption: `Connection phases${isAlone ? " of sessions opened one at a time" : ""}: medians, milliseconds`,
		columns: [...GROUP_COLUMNS, ...measured.map(([, title]) => right(title))],
		cells: measured.length > 0 ? cells : [],
		notes: [],
	};
}

/** Figures of a load group's connections, which have a table of their own. */
export const CONNECTION_FIGURES: Readonly<Record<string, string>> = {
	connections_opened: "TCP connections",
	tls_resumed: "TLS sessions resumed",
	phases_disturbed: "phases not counted",
};

/** How many connections the sessions took, and for how many of the phases the generator was late. */
export function connectionTable({ groups, outcomes = [], plan }: Result): Table {
	const isTls = plan.paths.some(({ urls }) => urls.some((url) => /^(https|wss):/.test(url)));
	const names = Object.keys(CONNECTION_FIGURES).filter(
		(name) => (isTls || name !== "tls_resumed") && outcomes.some((one) => one.name === name),
	);
	const figureOf = (group: Group, name: string) =>
		outcomes.find((one) => one.name === name && one.transport === group.transport && one.path === group.path)
			?.value ?? 0;
	const isDisturbed = names.includes("phases_disturbed");
	return {
		caption: "Connections that the sessions opened",
		columns: [...GROUP_COLUMNS, ...names.map((name) => right(CONNECTION_FIGURES[name]!))],
		cells:
			names.length === 0
				? []
				: groups.map((group) => [
						...nameCells(group),
						...names.map((name) => showCount(figureOf(group, name))),
					]),
		notes: isDisturbed
			? ["phases not counted: sessions opened for the connection phases while the generator was late."]
			: [],
	};
}

/** From when each session of the run was due to open until it was open. */
export function openingTable(result: Result): Table {
	return {
		caption: "Opening the run's sessions: from when each was due, milliseconds",
		columns: [...GROUP_COLUMNS, right("sessions"), ...QUANTILE_COLUMNS],
		cells: result.groups.flatMap((group) => {
			const row = rowOf(group, "opening");
			if (row === undefined || row.count === 0) return [];
			return [[...nameCells(group), showCount(row.count), ...quantileCells(row)]];
		}),
		notes: openingSentence(result),
	};
}

/** All sessions together: `Opened 100 a second, 95 % within 54 ms.` */
function openingSentence({ groups, plan, opening = [] }: Result): string[] {
	const all = new Histogram();
	for (const { metrics } of groups) if (metrics.opening) all.mergeRecord(metrics.opening.histogram);
	const within = quantileMs(all.toRecord(), 0.95);
	const tainted = opening.filter((window) => window.tainted).length;
	const share = within === null ? `all within ${showMs(all.max / 1000)}` : `95 % within ${showMs(within)}`;
	return [
		`Opened ${storedIn(plan, "connectRate")} a second, ${share} ms.`,
		...(tainted === 0
			? []
			: [
					`tainted: the generator was late in ${tainted} of ${opening.length} s; its own delays are in these times.`,
				]),
	];
}
