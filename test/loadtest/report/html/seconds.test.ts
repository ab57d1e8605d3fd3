import { expect, test } from "vitest";
import { secondsTable } from "../../../../loadtest/report/html/seconds.ts";
import { drawResult } from "../../../support/report/results.ts";

const result = drawResult({ transports: ["polling", "websocket", "upgrade", "flashsocket"] });

test("the table of seconds has the figures of every second of every group", () => {
	const table = secondsTable(result);
	expect(table.cells).toHaveLength(8 * 5);
	const seconds = table.cells.map(([second]) => Number(second));
	expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
	expect(table.cells[0]).toEqual([
		"0",
		"polling",
		"direct",
		"100",
		...Array(2).fill(expect.stringMatching(/^\d/)),
		"n/a",
		"0",
	]);
	expect(table.caption).toBe("Every second: response time in milliseconds");
});

test("a long run is shown in bins of several seconds", () => {
	const long = drawResult({ transports: ["websocket"], paths: ["edge"], seconds: 200, rate: 10 });
	const { caption, cells } = secondsTable(long);
	expect(caption).toBe("Every 2 seconds: response time in milliseconds");
	expect(cells[1]?.slice(0, 4)).toEqual(["2–3", "websocket", "edge", "20"]);
});
