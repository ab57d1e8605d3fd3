import { expect, test } from "vitest";
import { loadResult, parseResult } from "../../../loadtest/record/load.ts";
import { RESULT_KIND } from "../../../loadtest/record/result.ts";
import { drawResult } from "../../support/report/results.ts";

test.each([
	["no JSON", "{", "a.json is not JSON"],
	["another kind of file", "{}", "a.json: kind is undefined"],
	["null", "null", "a.json: kind is undefined"],
	[
		"a later version",
		JSON.stringify({ kind: RESULT_KIND, version: 2 }),
		"a.json: version is 2, this program reads 1",
	],
	["a result that was cut", JSON.stringify({ kind: RESULT_KIND, version: 1, id: "x" }), "a.json: startedAt:"],
])("%s is refused, naming the file and the field", (_, text, message) => {
	expect(() => parseResult(text, "a.json")).toThrow(message);
});

test("a missing file is named", async () => {
	await expect(loadResult("/no/such.json")).rejects.toThrow("/no/such.json cannot be read (ENOENT)");
});

const valid = JSON.parse(JSON.stringify(drawResult())) as Record<string, unknown>;
const firstGroup = () => (structuredClone(valid)["groups"] as Record<string, unknown>[])[0]!;

test.each<[what: string, change: Record<string, unknown>, message: string]>([
	[
		"a negative count",
		{ groups: [{ ...firstGroup(), errors: { tls: -1 } }] },
		"groups[0].errors.tls: -1 is not a whole number",
	],
	[
		"an unknown metric",
		{ groups: [{ ...firstGroup(), metrics: { ping: {} } }] },
		"groups[0].metrics.ping: no such field",
	],
	[
		"an unknown transport",
		{ groups: [{ ...firstGroup(), transport: "carrier" }] },
		'groups[0].transport: "carrier" is not one of',
	],
	["a time without a zone", { startedAt: "2026-11-23T12:00:00" }, "startedAt: "],
	["a plan without paths", { plan: { ...(valid["plan"] as object), paths: [] } }, "plan.paths: empty"],
	["a text for a truth value", { interrupted: "no" }, 'interrupted: "no" is not true or false'],
])("a result with %s is refused, naming the field", (_what, change, message) => {
	expect(() => parseResult(JSON.stringify({ ...valid, ...change }), "a.json")).toThrow(`a.json: ${message}`);
});

test("fields that a later version adds are dropped, and optional ones may be missing", () => {
	const read = parseResult(
		JSON.stringify({ ...valid, later: 1, environment: { ...(valid["environment"] as object), gpu: "x" } }),
		"a.json",
	);
	expect(read).toEqual(valid);
	expect(read).not.toHaveProperty("outcomes");
});

test("outcomes are read, with or without a transport and path", () => {
	const outcomes = [
		{ name: "sessions_back", value: -1.5, unit: "sessions" },
		{ name: "knee", value: 9, unit: "sessions/s", transport: "polling", path: "edge" },
	];
	expect(parseResult(JSON.stringify({ ...valid, outcomes }), "a.json").outcomes).toEqual(outcomes);
});
