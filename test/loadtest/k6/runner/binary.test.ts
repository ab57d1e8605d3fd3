import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { candidates, findK6, readVersion } from "../../../../loadtest/k6/runner/binary.ts";

describe("finding k6", () => {
	it("looks on PATH first, then where build.sh installs it", () => {
		const found = candidates({ PATH: "/a:/b:" }, "/home/me", false);
		expect(found).toEqual(["/a/k6", "/b/k6", "/home/me/.cache/sticky-edge/k6/k6"]);
	});

	it("respects XDG_CACHE_HOME, and uses the name k6.exe on Windows", () => {
		const found = candidates({ PATH: "", XDG_CACHE_HOME: "/cache" }, "/home/me", true);
		expect(found).toEqual([join("/cache", "sticky-edge", "k6", "k6.exe")]);
	});

	it.each([
		["k6 v2.2.0 (go1.26.8, linux/amd64)\n", "2.2.0"],
		["k6 v10.0.1 (go1.30, darwin/arm64)", "10.0.1"],
		["k6.exe v2.3.0-rc1 (go1.26, windows/amd64)", "2.3.0-rc1"],
		["k6 v0.49.0 (go1.21, linux/amd64)", null],
		["k6 v1.6.0 (go1.24, linux/amd64)", null],
		["ls (GNU coreutils) 9.1", null],
	])("reads %j as %j", (text, version) => {
		expect(readVersion(text)).toBe(version);
	});

	it("says how to get k6 when none is found", async () => {
		const nowhere = { PATH: "/nowhere", XDG_CACHE_HOME: "/nowhere" };
		await expect(findK6(nowhere)).rejects.toThrow(
			/not installed: brew .* apt .* winget .* docker .* go install .* K6_BIN/,
		);
		await expect(findK6(nowhere)).rejects.toMatchObject({ exitCode: 3 });
	});

	it("does not fall back to PATH when K6_BIN is not k6", async () => {
		await expect(findK6({ ...process.env, K6_BIN: process.execPath })).rejects.toThrow(
			/^K6_BIN .* is not k6 2/,
		);
	});
});
