import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../worker/command-line/project.ts";
import { readConfig } from "../worker/config/config.ts";
import { ERRORS } from "../worker/errors.ts";
import { DENIAL_REASONS } from "../worker/policy/denial.ts";
import { hasPlaceholderNodes, readVariables } from "../worker/selfhost/variables.ts";
import { COUNTED, FRONT_COUNTED } from "../worker/stats/counters.ts";

const guide = await readFile(`${PROJECT}/worker/README.md`, "utf8");
const section = (title: string) => guide.split(/^## /m).find((part) => part.startsWith(title))!;
const inCode = (text: string) => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!));

/** The fields of a table, taken from the message about the unknown field `at`. */
function fieldsAt(variables: Record<string, unknown>, at: string): string[] {
	const problems = readConfig(variables);
	const problem =
		"pools" in problems ? undefined : problems.find((each) => each.startsWith(`${at}: no such field`));
	if (problem === undefined) throw new Error(`${at} was not refused`);
	return problem.split("the fields are ")[1]!.split(", ");
}

describe("worker/README.md", () => {
	test("lists every error code with its status, and no other code", () => {
		const rows = [...section("Errors").matchAll(/^\| `(EDGE_[A-Z_]+)` \| (\d+) \|/gm)].map(
			([, code, status]) => [code, Number(status)],
		);
		expect(Object.fromEntries(rows)).toEqual(
			Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
		);
	});

	test("explains every configuration field in the section Configuration", () => {
		const nodes = [{ id: "n1", url: "https://n1.example.org" }];
		const variables = {
			POOL_APP: { nodes, x: 1, timeouts: { x: 1 }, health: { x: 1 } },
			EDGE: { x: 1 },
			ROUTES: [{ pool: "app", x: 1 }],
			POOL_B: { nodes: [{ ...nodes[0], x: 1 }] },
		};
		const explained = inCode(section("Configuration"));
		const unknownFields = [
			"POOL_APP.x",
			"POOL_APP.timeouts.x",
			"POOL_APP.health.x",
			"EDGE.x",
			"ROUTES[0].x",
			"POOL_B.nodes[0].x",
		];
		const missing = unknownFields
			.flatMap((at) => fieldsAt(variables, at))
			.filter((field) => !explained.has(field));
		expect(missing).toEqual([]);
	});

	test("explains every counter and every reason of a denial", () => {
		const counters = inCode(section("Statistics"));
		const isExplained = (name: string) => counters.has(name) || name.startsWith("denied_");
		expect([...COUNTED, ...FRONT_COUNTED].filter((name) => !isExplained(name))).toEqual([]);
		const reasons = [...section("Denials").matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, reason]) => reason);
		expect(reasons).toEqual([...DENIAL_REASONS]);
	});

	test("links only to sections that exist", () => {
		const slug = (title: string) =>
			title
				.toLowerCase()
				.replace(/[^a-z0-9 -]/g, "")
				.replaceAll(" ", "-");
		const titles = new Set([...guide.matchAll(/^## (.+)$/gm)].map(([, title]) => `#${slug(title!)}`));
		const links = [...guide.matchAll(/\]\((#[^)]+)\)/g)].map(([, link]) => link!);
		expect(links.length).toBeGreaterThan(8);
		expect(links.filter((link) => !titles.has(link))).toEqual([]);
	});
});

describe("wrangler.toml", () => {
	test("is a valid configuration in every environment, and so is .dev.vars.example", async () => {
		for (const [name, variables] of await readVariables())
			expect(readConfig(variables), name).toHaveProperty("pools");
		const lines = (await readFile(`${PROJECT}/.dev.vars.example`, "utf8"))
			.split("\n")
			.filter((line) => /^[A-Z]/.test(line));
		const local = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
		expect(readConfig(local)).toMatchObject({ platform: "workerd", token: "dev-token" });
	});

	test("has placeholder nodes, which the edge's command tells from nodes of one's own, whatever else is set", async () => {
		expect(hasPlaceholderNodes((await readVariables()).get("")!)).toBe(true);
		const pool = {
			nodes: [{ id: "n1", url: "http://127.0.0.1:3001" }],
			origins: ["https://app.example.com"],
		};
		expect(hasPlaceholderNodes({ POOL_APP: pool, ROUTES: [{ host: "chat.example.com", pool: "app" }] })).toBe(
			false,
		);
		expect(hasPlaceholderNodes({ POOL_APP: JSON.stringify(pool), POOL_B: null, POOL_C: "{" })).toBe(false);
		const other = { nodes: [...pool.nodes, { id: "n2", url: "https://n2.example.com:8443" }] };
		expect(hasPlaceholderNodes({ POOL_APP: pool, POOL_B: other })).toBe(true);
	});

	test("configures staging like production, except for nodes, HSTS and log_percent", async () => {
		type Env = { vars: Record<string, Record<string, unknown>>; durable_objects: unknown };
		const file = parse(await readFile(`${PROJECT}/wrangler.toml`, "utf8")) as unknown as Env & {
			env: { staging: Env };
		};
		const { staging } = file.env;
		expect(staging.durable_objects).toEqual(file.durable_objects);
		expect(Object.keys(staging.vars)).toEqual(Object.keys(file.vars));
		const { hsts: _h, log_percent: _l, ...front } = file.vars["EDGE"]!;
		expect(staging.vars["EDGE"]).toMatchObject(front);
		for (const [name, pool] of Object.entries(file.vars).filter(([name]) => name.startsWith("POOL_"))) {
			const { nodes: _ours, ...rest } = pool;
			const { nodes: _theirs, ...theirs } = staging.vars[name]!;
			expect(theirs, name).toEqual(rest);
		}
	});

	test("has a comment above every setting", async () => {
		const production = (await readFile(`${PROJECT}/wrangler.toml`, "utf8")).split("# Staging:")[0]!;
		const blocks = production
			.trim()
			.split(/\n\s*\n/)
			.slice(1);
		expect(blocks.filter((block) => !/^# /m.test(block) && !/^\[\[migrations\]\]/.test(block))).toEqual([]);
	});
});

test("the Worker is at most 110 KiB when minified", async () => {
	const built = await build({
		entryPoints: [`${PROJECT}/worker/index.ts`],
		bundle: true,
		minify: true,
		write: false,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*"],
		logLevel: "silent",
	});
	const bytes = built.outputFiles[0]!.contents.length;
	expect(bytes).toBeGreaterThan(20_000);
	expect(bytes).toBeLessThanOrEqual(110 * 1024);
});
