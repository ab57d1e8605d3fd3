/** Simulated runs for comparisons, with names and start times. */
import type { NamedResult } from "../../../loadtest/report/readable.ts";
import { drawResult, type Recipe } from "./results.ts";

/** Start minutes of two sides of five runs that take turns. */
export const ABBA = { a: [0, 3, 4, 7, 8], b: [1, 2, 5, 6, 9] };

/** Runs at the given minutes, their levels scattered by at most 2 %; the node is `slower` times as slow. */
export function runsAt(
	minutes: number[],
	name: string,
	changes: Partial<Recipe> = {},
	slower = 1,
): NamedResult[] {
	return minutes.map((minute) => {
		const wobble = 1 + ((minute * 7) % 5) * 0.004;
		const median = (transport: string, path: string) =>
			(transport === "polling" ? 2400 : 900) * wobble * slower + (path === "edge" ? 450 : 0);
		const result = drawResult({
			seed: 100 + minute,
			rate: 400,
			seconds: 4,
			drift: 0.005,
			median,
			...changes,
		});
		result.id = `${name}-${minute}`;
		result.startedAt = new Date(Date.parse("2026-11-23T09:00:00Z") + minute * 60_000).toISOString();
		return { name: `${name}-${minute}.json`, result };
	});
}
