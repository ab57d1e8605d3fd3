import { expect, test } from "vitest";
import { loadResult, parseResult } from "../../../loadtest/record/load.ts";
import { RESULT_KIND } from "../../../loadtest/record/result.ts";

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
