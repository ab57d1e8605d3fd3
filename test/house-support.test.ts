import { expect, test } from "vitest";
import { folderMap } from "./support/architecture/folder-map.ts";
import { circlesIn } from "./support/architecture/imports.ts";

test.each<[edges: [string, string][], circles: string[]]>([
	[[], []],
	[
		[
			["a", "b"],
			["b", "c"],
			["a", "c"],
		],
		[],
	],
	[[["a", "a"]], []],
	[
		[
			["b", "a"],
			["a", "b"],
		],
		["a → b → a"],
	],
	[
		[
			["start", "c"],
			["c", "a"],
			["a", "b"],
			["b", "c"],
			["b", "end"],
		],
		["a → b → c → a"],
	],
])("the circles in %j are %j", (edges, circles) => {
	expect(circlesIn(edges)).toEqual(circles);
});

test("a map's indentation and descriptions are read as paths", () => {
	const readme = `# Title

## Where things are

\`\`\`text
package.json wrangler.toml   settings
worker/            runs on Cloudflare
  index.ts app.ts  the entry
  request/         what a request is
    classify.ts
origin/
\`\`\`
`;
	expect(folderMap(readme)).toEqual([
		"package.json",
		"wrangler.toml",
		"worker/",
		"worker/index.ts",
		"worker/app.ts",
		"worker/request/",
		"worker/request/classify.ts",
		"origin/",
	]);
});

test("a README without the heading has no map", () => {
	expect(folderMap("# Title\n\n```\nworker/\n```\n")).toEqual([]);
});
