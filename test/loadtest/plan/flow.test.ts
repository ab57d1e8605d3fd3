/** What a scenario file may say about its code and its flow. */
import { expect, test } from "vitest";
import { stepNames } from "../../../loadtest/plan/flow.ts";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { checkScenario } from "../../../loadtest/plan/scenario.ts";

const JOIN = { emit: "join", ack: true };

function checked(code: object, activity = "flow") {
	return checkScenario({ name: "a", about: "", activity, settings: {}, ...code }, "./a.ts");
}

test.each<[string, object, string?]>([
	[
		"unknown key sesion; use any of: name, about, activity, settings, flow, session, setup, message, args",
		{ sesion() {} },
		"echo",
	],
	["setup is not a function", { setup: "join" }, "echo"],
	["message and args are both given", { message: () => 1, args: () => [] }, "echo"],
	['flow needs activity: "flow", not "echo"', { flow: [JOIN] }, "echo"],
	["flow is missing", {}],
	["flow is missing", { flow: [] }],
	["flow[0]: a step is an object", { flow: ["join"] }],
	["flow[0]: give emit, expect or think", { flow: [{ wait: 1 }] }],
	["flow[0]: a flow begins with an emit", { flow: [{ think: 1 }, JOIN] }],
	[
		"flow[1]: unknown key acknowledge; use any of: emit, args, ack, name",
		{ flow: [JOIN, { emit: "a", acknowledge: {} }] },
	],
	["flow[1]: unknown key on; use any of: expect, match, name", { flow: [JOIN, { expect: "a", on: "b" }] }],
	["flow[1]: think is neither a number of seconds nor a range", { flow: [JOIN, { think: "1s" }] }],
	["flow[1]: think is neither a number of seconds nor a range", { flow: [JOIN, { think: [2, 1] }] }],
	["flow[0]: ack is not true or false", { flow: [{ emit: "a", ack: "yes" }] }],
	["flow[0]: args is neither an array nor a function", { flow: [{ emit: "a", args: { a: 1 } }] }],
	[
		'flow[0]: name "chat message" has a space, comma or colon',
		{ flow: [{ emit: "chat message", ack: true }] },
	],
	["flow: no step is timed", { flow: [{ emit: "a" }] }],
	['flow: two steps are named "join"; give each a name of its own', { flow: [JOIN, JOIN] }],
])("is refused: %s", (message, code, activity) => {
	expect(() => checked(code, activity)).toThrow(`--scenario ./a.ts: ${message}`);
});

test("only the name of a timed step becomes a metric: any other event may have a colon", () => {
	expect(checked({ flow: [{ emit: "chat:join" }, JOIN] }).flow).toHaveLength(2);
});

test("the timed steps of a flow are its emits with ack and what it expects", () => {
	const flow = [
		JOIN,
		{ emit: "chat message", name: "say", ack: true },
		{ think: 1 },
		{ emit: "bye" },
		{ expect: "said" },
	];
	expect(stepNames(checked({ flow }).flow!)).toEqual(["join", "say", "said"]);
});

test.each([
	["{row.room}", /flow\[0\]: unknown placeholder \{row\.room\}/],
	["{sequence}", /flow\[0\]: unknown placeholder \{sequence\}; use any of .*\{seq\}/],
])("a step's argument %s is refused before the run", (text, said) => {
	const scenario = checked({ flow: [{ ...JOIN, args: [{ deep: [text] }] }] });
	expect(() => planFrom({ url: "http://a", scenario })).toThrow(said);
});
