import { expect, test } from "vitest";
import { defaultFile } from "../../../loadtest/record/save.ts";

test("a result file without --out is named by tool, scenario and time", () => {
	expect(defaultFile("swarm", "echo")).toMatch(/^reports\/swarm-echo-\d{4}-\d\d-\d\dT[\d-]+Z\.json$/);
});
