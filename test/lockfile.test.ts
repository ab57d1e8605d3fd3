/** The lockfile works on every platform with the default registry, and has one version of the runtime. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { COMPATIBILITY_DATE, PROJECT } from "../worker/command-line/project.ts";

interface Locked {
	readonly version?: string;
	readonly resolved?: string;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string) => readFileSync(join(PROJECT, file), "utf8");
const packages: Readonly<Record<string, Locked>> = JSON.parse(read("package-lock.json")).packages;

describe("package-lock.json", () => {
	test.each([
		[
			"workerd",
			"@cloudflare/workerd-",
			["linux-64", "linux-arm64", "darwin-64", "darwin-arm64", "windows-64"],
		],
		["esbuild", "@esbuild/", ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"]],
		[
			"@biomejs/biome",
			"@biomejs/cli-",
			["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"],
		],
	])("contains the binaries of %s for Linux, macOS and Windows", (name, prefix, platforms) => {
		const { version } = packages[`node_modules/${name}`]!;
		const versions = platforms.map((platform) => packages[`node_modules/${prefix}${platform}`]?.version);
		expect(versions).toEqual(platforms.map(() => version));
	});

	test("contains every platform's binary that a package offers, without which npm ci fails on other platforms", () => {
		const offers = ["workerd", "esbuild", "@biomejs/biome"].flatMap((name) =>
			Object.keys(packages[`node_modules/${name}`]!.optionalDependencies!),
		);
		expect(offers.length).toBeGreaterThan(15);
		expect(offers.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
	});

	test.each(["workerd", "ws"])("contains a single %s for tests, wrangler and commands", (name) => {
		const places = Object.keys(packages).filter((place) => place.endsWith(`node_modules/${name}`));
		expect(places).toEqual([`node_modules/${name}`]);
	});

	test("uses only the default registry", () => {
		const hosts = Object.values(packages).flatMap(({ resolved }) =>
			resolved === undefined ? [] : [new URL(resolved).host],
		);
		expect(hosts.filter((host) => host !== "registry.npmjs.org")).toEqual([]);
		expect(read(".npmrc")).not.toMatch(/registry/);
	});

	test("agrees with package.json, where every version is exact", () => {
		const wanted = JSON.parse(read("package.json"));
		for (const kind of ["dependencies", "devDependencies"] as const) {
			expect(packages[""]![kind]).toEqual(wanted[kind]);
			for (const version of Object.values(wanted[kind])) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
		}
	});
});

test("wrangler and the self-hosted edge have the same compatibility date", () => {
	expect(parse(read("wrangler.toml"))["compatibility_date"]).toBe(COMPATIBILITY_DATE);
});
