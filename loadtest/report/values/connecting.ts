/** How sessions were opened: the phases of single ones, and the run's sessions together. */
import { storedIn } from "../../plan/stored-plan.ts";
import type { Metric, Result } from "../../record/result.ts";
import { GROUP_COLUMNS, nameCells, QUANTILE_COLUMNS, quantileCells } from "./cells.ts";
import { showCount, showMs } from "./number.ts";
import { rowOf } from "./rows.ts";
import { right, type Table } from "./table.ts";

/** Connection phases that follow one another. `upgrade` runs beside the Socket.IO connect. */
export const PHASES: readonly (readonly [Metric, string])[] = [
	["policy", "Flash policy"],
	["dns", "DNS"],
	["tcp", "TCP"],
	["tls", "TLS"],
	["engine_handshake", "Engine.IO handshake"],
	["socket_connect", "Socket.IO connect"],
	["first_ack", "first ack"],
];
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

/** From when each session of the run was due to open until it was open. */
export function openingTable(result: Result): Table {
	const opening = result.opening ?? [];
	const tainted = opening.filter((window) => window.tainted).length;
	const rate = Number(storedIn(result.plan, "connectRate"));
	return {
		caption: `Opening the run's sessions, ${rate} a second: from when each was due, milliseconds`,
		columns: [...GROUP_COLUMNS, right("sessions"), ...QUANTILE_COLUMNS],
		cells: result.groups.flatMap((group) => {
			const row = rowOf(group, "opening");
			if (row === undefined || row.count === 0) return [];
			return [[...nameCells(group), showCount(row.count), ...quantileCells(row)]];
		}),
		notes:
			tainted === 0
				? []
				: [
						`tainted: the generator was late in ${tainted} of ${opening.length} s, so its own delays are in these times.`,
					],
	};
}
