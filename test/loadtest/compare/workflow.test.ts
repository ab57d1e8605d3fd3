/** The commands provide what the pull-request workflow relies on. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMENT_MARK } from "../../../loadtest/compare/text.ts";

const workflow = readFileSync(".github/workflows/compare.yml", "utf8");

test("the workflow finds its comment by the mark at the start of the Markdown", () => {
	expect(workflow).toContain(`startswith("${COMMENT_MARK}")`);
});

test("the workflow calls only npm scripts that exist", () => {
	const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
	const called = [...workflow.matchAll(/npm run (\S+)/g)].map((match) => match[1] ?? "");
	expect(new Set(called)).toEqual(new Set(["swarm", "compare"]));
	for (const name of called) expect(Object.keys(scripts)).toContain(name);
});

test("no text that the author of a pull request controls reaches a shell line", () => {
	const shell = workflow
		.split("\n")
		.filter((line) => /\$\{\{/.test(line) && !/ref:|group:|if:|TOKEN:|NUMBER:|CODE:/.test(line));
	expect(shell).toEqual([]);
	expect(workflow).not.toContain("pull_request_target");
});
