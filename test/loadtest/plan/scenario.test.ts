import { expect, test } from "vitest";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { checkScenario } from "../../../loadtest/plan/scenario.ts";
import { SCENARIOS } from "../../../loadtest/plan/scenarios.ts";

test.each(Object.entries(SCENARIOS))(
	"%s is listed under its own name and has a description",
	(name, scenario) => {
		expect(checkScenario(scenario, name)).toEqual(scenario);
		expect(scenario.name).toBe(name);
		expect(scenario.about).not.toBe("");
	},
);

test("flags override a scenario's settings, which override the defaults", () => {
	const plan = planFrom({ url: "http://localhost", scenario: "fanout", rate: 3 });
	expect([plan.rate, plan.clients, plan.payload]).toEqual([3, 200, 100]);
});

test.each([
	[null, "write export default"],
	[{}, "name is missing"],
	[{ name: "a", about: "", activity: "dance", settings: {} }, 'unknown activity "dance"; use one of: echo'],
	[{ name: "a", about: "", activity: "echo" }, "settings is missing"],
	[{ name: "a", about: "", activity: "echo", settings: { clinets: 5 } }, "settings.clinets is unknown"],
	[
		{ name: "a", about: "", activity: "echo", settings: { clients: "5" } },
		"settings.clients is a string, not a number",
	],
	[
		{ name: "a", about: "", activity: "echo", settings: { transports: "websocket" } },
		"settings.transports is a string, not an array",
	],
	[
		{ name: "a", about: "", activity: "echo", settings: { headers: ["a: b"] } },
		"settings.headers is an array, not an object",
	],
])("a user's file that exports %j is refused with the field", (given, message) => {
	expect(() => checkScenario(given, "./mine.ts")).toThrow(`--scenario ./mine.ts: ${message}`);
});
