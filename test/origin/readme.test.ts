import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TAG_VECTORS } from "../../worker/contract.ts";

const README = readFileSync(new URL("../../origin/README.md", import.meta.url), "utf8");
const inCI = process.env["CI"] !== undefined;
const has = (tool: string) => inCI || spawnSync(tool, ["--version"]).status === 0;

function block(info: string): string {
	const found = new RegExp("^```" + info + "\\n([^]+?)^```", "m").exec(README);
	if (found?.[1] === undefined) throw new Error(`the README has no block ${info}`);
	return found[1];
}

describe("the tag function in another language returns the contract's test vectors", () => {
	const wanted = TAG_VECTORS.map(([, tag]) => tag).join("\n");
	const ids = TAG_VECTORS.map(([id]) => id);

	test.skipIf(!has("python3"))("in Python (needs python3)", () => {
		const code = `${block("python tag")}\nimport sys\nprint("\\n".join(tag_of(id) for id in sys.argv[1:]))`;
		const { stdout, stderr } = spawnSync("python3", ["-c", code, ...ids], { encoding: "utf8" });
		expect(stdout.trim(), stderr).toBe(wanted);
	});

	test.skipIf(!has("java"))(
		"in Java (needs java)",
		() => {
			const folder = mkdtempSync(join(tmpdir(), "sticky-edge-java-"));
			const main =
				"public static void main(String[] ids) { for (String id : ids) System.out.println(tagOf(id)); }";
			writeFileSync(join(folder, "Tag.java"), `class Tag {\n${block("java tag")}\n${main}\n}\n`);
			const { stdout, stderr } = spawnSync("java", [join(folder, "Tag.java"), ...ids], { encoding: "utf8" });
			rmSync(folder, { recursive: true });
			expect(stdout.trim(), stderr).toBe(wanted);
		},
		30_000,
	);
});
