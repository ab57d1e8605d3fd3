/** What a scenario found out that is no latency: the knee of a ramp, memory of idle clients, slopes of a soak. */
import type { Result } from "../record/result.ts";
import { showFigure } from "./number.ts";
import { left, right, type Table } from "./table.ts";

/** One row for each outcome; empty where the scenario has none. */
export function outcomeTable(result: Result): Table {
	return {
		caption: "What the scenario found",
		columns: [left("what"), left("transport"), left("path"), right("value"), left("unit")],
		cells: (result.outcomes ?? []).map(({ name, transport, path, value, unit }) => [
			name,
			transport ?? "all",
			path ?? "all",
			...inMilliseconds(value, unit),
		]),
		notes: [],
	};
}

/** Microseconds, and microseconds an hour, become milliseconds as everywhere in the report. */
function inMilliseconds(value: number, unit: string): [string, string] {
	return unit === "us" || unit.startsWith("us/")
		? [showFigure(value / 1000), unit.replace("us", "ms")]
		: [showFigure(value), unit];
}
