/** Repeats the simulations behind the error rates in the README. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PRICES, USER } from "../../loadtest/report/values/cost.ts";
import { SCATTER } from "../support/report/noise.ts";
import { judgedPairs, powerAt, share, singleRunAlarms } from "../support/report/trials.ts";

const README = readFileSync("loadtest/report/README.md", "utf8");
const MINUTE_MS = 60_000;

test(
	"the false-alarm rates in the README match the methods",
	() => {
		const different = (margin: number, seed: number) =>
			share(judgedPairs(1000, 1, SCATTER, margin, seed), ["better", "worse"]);
		const rates = [singleRunAlarms(200, SCATTER, 5000), different(0, 201), different(0.1, 202)];
		expect(tableAfter("<!-- false alarms -->").map((row) => row[1])).toEqual(
			rates.map((rate) => `${(rate * 100).toFixed(1)} %`),
		);
	},
	5 * MINUTE_MS,
);

test(
	"the power table in the README matches the method",
	() => {
		const runs = headAfter("<!-- power -->").slice(1).map(Number);
		const rows = tableAfter("<!-- power -->");
		for (const [noise = "", ...stated] of rows) {
			const found = runs.map((each) => powerAt(Number.parseInt(noise, 10) / 100, each, 400, 301));
			expect([noise, ...stated]).toEqual([noise, ...found.map((power) => `${Math.round(power * 100)} %`)]);
		}
		expect(rows).toHaveLength(4);
	},
	5 * MINUTE_MS,
);

test(
	"76 runs per side find 20 % at 16 % noise in nine of ten tries, as the README says",
	() => {
		expect(README).toContain("ask for about 76 per side");
		expect(powerAt(0.16, 76, 200, 301)).toBeGreaterThan(0.85);
	},
	5 * MINUTE_MS,
);

test("the prices and the assumed user in the README match the code", () => {
	expect(README).toContain(
		`| a million requests | ${PRICES.perMillionRequests.toFixed(2)} | ${PRICES.readOn} |`,
	);
	expect(README).toContain(
		`| a million CPU-milliseconds | ${PRICES.perMillionCpuMs.toFixed(2)} | ${PRICES.readOn} |`,
	);
	expect(README).toContain(`sessions of ${60 / USER.sessionsAnHour} minutes`);
});

function headAfter(mark: string): string[] {
	return rowsAfter(mark)[0] ?? [];
}

function tableAfter(mark: string): string[][] {
	return rowsAfter(mark).slice(2);
}

function rowsAfter(mark: string): string[][] {
	const lines = README.slice(README.indexOf(mark) + mark.length)
		.trimStart()
		.split("\n");
	const end = lines.findIndex((line) => !line.startsWith("|"));
	return lines.slice(0, end).map((line) =>
		line
			.split("|")
			.slice(1, -1)
			.map((cell) => cell.trim()),
	);
}
