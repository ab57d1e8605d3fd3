/** The examples of the guides, run as they are printed there. */
import { describe, expect, test } from "vitest";
import { FIELDS } from "../../loadtest/plan/fields.ts";
import { textOf } from "../support/architecture/imports.ts";
import { type Example, examplesIn, patternOf, runExample } from "../support/swarm/guide.ts";

const README = textOf("loadtest/README.md");

async function expectAsPrinted(example: Example): Promise<void> {
	const { code, stdout, stderr } = await runExample(example);
	expect(stderr).not.toMatch(/^error/m);
	// On a busy machine a run may be invalid, which comes before every other verdict.
	if (code === 3) expect(stdout).toMatch(/^INVALID/);
	else for (const line of example.says) expect(stdout).toMatch(patternOf(line));
	expect([0, 3]).toContain(code);
}

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

	test.each(examples.map((example) => [example.title, example] as const))("%s", (_, example) =>
		expectAsPrinted(example),
	);

	test("names every flag of a plan's field", () => {
		const flags = Object.values(FIELDS).flatMap(({ flag }) => (flag === null ? [] : [flag.split(" ")[0]!]));
		expect(flags.filter((flag) => !README.includes(flag))).toEqual([]);
	});
});
