import { expect, test } from "vitest";
import { defaultFile, exitCodeOf } from "../../../loadtest/record/save.ts";

test.each([
	[false, true, 0],
	[false, false, 3],
	[true, true, 130],
	[true, false, 130],
])("a run that was interrupted (%j) and is valid (%j) exits with %i", (interrupted, valid, code) => {
	expect(exitCodeOf({ interrupted, validity: { valid, flags: [] } })).toBe(code);
});

test("a result file without --out is named by tool, scenario and time", () => {
	expect(defaultFile("swarm", "echo")).toMatch(/^reports\/swarm-echo-\d{4}-\d\d-\d\dT[\d-]+Z\.json$/);
});
