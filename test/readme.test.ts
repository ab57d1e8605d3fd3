/** What the root README states about files and commands is checked against them. */
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { COMPATIBILITY_DATE } from "../worker/command-line/project.ts";
import { readConfig } from "../worker/config/config.ts";
import { fixFor } from "../worker/health/fault.ts";
import { textOf } from "./support/architecture/imports.ts";

interface WranglerFile {
	readonly main: string;
	readonly compatibility_date: string;
	readonly vars: object;
	readonly durable_objects: unknown;
	readonly migrations: unknown;
}

const README = textOf("README.md");
const own = parse(textOf("wrangler.toml")) as unknown as WranglerFile;

describe("the README's minimal wrangler.toml", () => {
	const block = /```toml\n([\s\S]*?)```/.exec(README)?.[1] ?? "";
	const minimal = parse(block) as unknown as WranglerFile;

	test("is a valid configuration with two nodes", () => {
		const config = readConfig(minimal.vars);
		expect(config).toMatchObject({ platform: "cloudflare", pools: [{ name: "app", stickiness: "sid" }] });
		expect("pools" in config && config.pools[0]!.nodes.map(({ id }) => id)).toEqual(["n1", "n2"]);
	});

	test("has the entry, the date, the Durable Objects and the migrations of this repository's wrangler.toml", () => {
		expect(minimal.main).toBe(own.main);
		expect(minimal.compatibility_date).toBe(COMPATIBILITY_DATE);
		expect(minimal.durable_objects).toEqual(own.durable_objects);
		expect(minimal.migrations).toEqual(own.migrations);
	});
});

test.each([
	["the README", README],
	["the edge's error message", fixOfN1()],
])("the line that %s tells to add at a node generates tagged session ids, without any import", (_, text) => {
	const line = /io\.engine\.generateId = (\(\) => [^;]+);/.exec(text)?.[1];
	const generateId = new Function(`return ${line}`)() as () => string;
	expect(generateId()).toMatch(/^d0N[\w-]{17}$/);
	expect(generateId()).not.toBe(generateId());
});

test("every npm command that a guide names exists", () => {
	const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
	const guides = [
		"README.md",
		"CONTRIBUTING.md",
		"worker/README.md",
		"origin/README.md",
		"loadtest/README.md",
	];
	const named = guides.flatMap((guide) =>
		[...textOf(guide).matchAll(/npm run (?:--silent )?([a-z0-9]+(?::[a-z0-9]+)*)/g)].map(([, name]) => name!),
	);
	expect(named.length).toBeGreaterThan(20);
	expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
});

test("every file that the README links to exists", () => {
	const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
	expect(links.length).toBeGreaterThan(5);
	expect(links.filter((path) => textOf(path) === "")).toEqual([]);
});

function fixOfN1(): string {
	const nodes = [{ id: "n1", url: "http://127.0.0.1:3001" }];
	const config = readConfig({ EDGE_PLATFORM: "workerd", POOL_APP: { nodes } });
	if (!("pools" in config)) throw new Error(config.join("; "));
	const [pool] = config.pools;
	return fixFor("foreign_tag", pool!, pool!.nodes[0]!);
}
