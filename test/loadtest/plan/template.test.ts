import { afterEach, describe, expect, test } from "vitest";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { checkTemplate, fill, fillJson, fillObject } from "../../../loadtest/plan/template.ts";
import { UsageError } from "../../../worker/command-line/command.ts";

const values = { n: 7, path: "edge", transport: "polling", seed: 1 };

afterEach(() => {
	delete process.env["SWARM_TEST_TOKEN"];
});

test("placeholders are filled, and other braces stay", () => {
	expect(fill('{n} {path} {transport} {seed} {"a":1} {} { n }', values)).toBe(
		'7 edge polling 1 {"a":1} {} { n }',
	);
});

test("{env.NAME} is the environment's value, as it is even where JSON needs escapes", () => {
	process.env["SWARM_TEST_TOKEN"] = 'a"b\\c';
	expect(fill("Bearer {env.SWARM_TEST_TOKEN}", values)).toBe('Bearer a"b\\c');
	expect(fillJson('{"n":{n},"t":"{env.SWARM_TEST_TOKEN}"}', values, "--auth")).toEqual({ n: 7, t: 'a"b\\c' });
});

test.each([
	[
		"{typo}",
		"--auth: unknown placeholder {typo}; use any of {n}, {path}, {transport}, {seed}, {random}, {env.NAME}.",
	],
	["{row.token}", "unknown placeholder {row.token}"],
	[
		"{env.SWARM_TEST_TOKEN}",
		"--auth: the environment variable SWARM_TEST_TOKEN is not set; export it first.",
	],
])("%s is refused", (template, message) => {
	expect(() => checkTemplate(template, "--auth", [])).toThrow(message);
});

test.each(['"x"', "[1]", "null", "7"])("%s is no auth", (template) => {
	expect(() => fillObject(template, values, "--auth")).toThrow("--auth: must be a JSON object");
});

describe("a plan is refused for an unknown placeholder in", () => {
	test.each<[string, PlanOptions]>([
		["--auth", { auth: '{"a":"{typo}"}' }],
		["--message", { message: '"{typo}"' }],
		["--namespace", { namespace: "/{typo}" }],
		["--query", { query: { a: "{typo}" } }],
		["--header", { headers: { a: "{typo}" } }],
		["--header", { pathHeaders: { target: { a: "{typo}" } } }],
		["--auth", { pathSet: { target: { auth: '{"a":"{typo}"}' } } }],
		["the URL's query", { url: "http://a/?a={typo}" }],
	])("%s: %j", (flag, options) => {
		const plan = () => planFrom({ url: "http://a", ...options });
		expect(plan).toThrow(`${flag}: unknown placeholder {typo}`);
		expect(plan).toThrow(UsageError);
	});
});
