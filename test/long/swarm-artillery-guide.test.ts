/** The translations of the guide for users of Artillery, run as they are printed there. */
import { describe, expect, test } from "vitest";
import { FIELDS } from "../../loadtest/plan/fields.ts";
import { textOf } from "../support/architecture/imports.ts";
import { examplesIn, expectAsPrinted } from "../support/swarm/guide.ts";

const ARTILLERY = textOf("loadtest/from-artillery.md");
const README = textOf("loadtest/README.md");

describe("loadtest/from-artillery.md", { timeout: 40_000 }, () => {
	const examples = examplesIn(ARTILLERY);

	test("has three translations, each with its YAML and the server", () => {
		expect(examples).toHaveLength(3);
		for (const { files } of examples)
			expect(Object.keys(files)).toEqual(
				expect.arrayContaining([expect.stringMatching(/\.js$/), expect.stringMatching(/\.yml$/)]),
			);
	});

	test.each(examples.map((example) => [example.title, example] as const))("%s", async (_, example) => {
		const { stdout } = await expectAsPrinted(example);
		expect(stdout).not.toMatch(/open_|scenario_error|ack_/);
	});

	test("names only flags that exist", () => {
		const own = ["--out", "--budget", "--json", "--quiet", "--repeat", "--format"];
		const flags = [...own, ...Object.values(FIELDS).flatMap(({ flag }) => flag?.split(" ")[0] ?? [])];
		const named = [README, ARTILLERY].flatMap((guide) => guide.match(/(?<=[\s`(])--[a-z][\w-]+/g) ?? []);
		expect(named.length).toBeGreaterThan(80);
		expect([...new Set(named)].filter((flag) => !flags.includes(flag))).toEqual(["--help"]);
	});
});
