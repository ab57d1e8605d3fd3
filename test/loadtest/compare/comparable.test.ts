import { expect, test } from "vitest";
import { checkPlans, doubtsOf } from "../../../loadtest/compare/comparable.ts";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../loadtest/plan/stored-plan.ts";
import { drawResult } from "../../support/report/results.ts";

/** A run whose `extra` settings are those. */
function run(name: string, extra: Record<string, unknown>) {
	const result = drawResult({ seed: name.length });
	return { name, result: { ...result, plan: { ...result.plan, extra } } };
}

const digestOf = (message: string) =>
	recordOf(planFrom({ url: "http://localhost", message })).extra["message"];

test("runs with messages of one byte and of 60,000 are not compared, and the error has both lengths", () => {
	const small = run("a.json", { message: digestOf('"x"') });
	const large = run("bb.json", { message: digestOf(JSON.stringify("x".repeat(59_998))) });
	expect(() => checkPlans([small, large])).toThrow(
		/^plan\.message differs \(a text of 3 bytes with the hash \w{16} in a\.json, a text of 60000 bytes with the hash \w{16} in bb\.json\)/,
	);
	expect(() => checkPlans([small, small])).not.toThrow();
});

test("runs with different HTTP agents are not compared", () => {
	const runs = [run("a.json", {}), run("bb.json", { pollingAgent: "default" })];
	expect(() => checkPlans(runs)).toThrow(
		'plan.pollingAgent differs ("keep-alive" in a.json, "default" in bb.json)',
	);
});

test("older runs, of which nobody knows which message they sent, are compared with a doubt", () => {
	const runs = [run("a.json", { message: "(redacted)" }), run("bb.json", { message: "(redacted)" })];
	expect(() => checkPlans(runs)).not.toThrow();
	expect(doubtsOf(runs)).toContain(
		"a.json, made by an older version, does not say which --message was sent: the runs may have sent different ones.",
	);
	expect(doubtsOf([run("a.json", {}), run("bb.json", {})]).join()).not.toContain("--message");
});
