import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { VARIABLES } from "../../../../loadtest/k6/script/variables.ts";

it("the README's table of variables equals the scripts' own", async () => {
	const readme = await readFile(new URL("../../../../loadtest/k6/README.md", import.meta.url), "utf8");
	const rows = [...readme.matchAll(/^\| `(SIO_\w+)` \| (.*) \|$/gm)].map(([, name, text]) => [name, text]);
	expect(rows).toEqual(Object.entries(VARIABLES));
});
