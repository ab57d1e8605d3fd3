/** The examples of the load test's guide, run as they are printed there. */
import { describe, expect, test } from "vitest";
import { FIELDS } from "../../loadtest/plan/fields.ts";
import { textOf } from "../support/architecture/imports.ts";
import { examplesIn, expectAsPrinted } from "../support/swarm/guide.ts";

const README = textOf("loadtest/README.md");

describe("loadtest/README.md", { timeout: 40_000 }, () => {
	const examples = examplesIn(README);

	test("has three worked examples", () => {
		expect(examples.map(({ files }) => Object.keys(files))).toEqual([
			["chat.js"],
			["login.js", "login.ts"],
			["rooms.js", "rooms.ts"],
		]);
		for (const { says } of examples) expect(says.join("")).not.toBe("");
	});

	test.each(examples.map((example) => [example.title, example] as const))("%s", async (_, example) => {
		const { stdout } = await expectAsPrinted(example);
		expect(example.says.join("")).not.toBe("");
		expect(stdout).not.toMatch(/open_|scenario_error|ack_/);
	});

	test("names every flag of a plan's field", () => {
		const flags = Object.values(FIELDS).flatMap(({ flag }) => (flag === null ? [] : [flag.split(" ")[0]!]));
		expect(flags.filter((flag) => !README.includes(flag))).toEqual([]);
	});
});
