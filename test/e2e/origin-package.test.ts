import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "../../origin/build.ts";
import { pack } from "../support/origin/package.ts";

let folder: string;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "sticky-edge-package-"));
	await buildPackage(join(folder, "built"));
	const archive = pack(join(folder, "built"), folder);
	// Unpacked where npm would put it, beside the project's own Socket.IO, so that no network is needed.
	const modules = join(folder, "node_modules");
	mkdirSync(join(modules, "sticky-edge-origin"), { recursive: true });
	execFileSync("tar", ["-xzf", archive, "-C", join(modules, "sticky-edge-origin"), "--strip-components=1"]);
	symlinkSync(join(process.cwd(), "node_modules/socket.io"), join(modules, "socket.io"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ["attachEdge", "clientAddress"];

test("the packed package can be imported and required, and depends only on its peers", () => {
	const require = createRequire(join(folder, "app.cjs"));
	expect(Object.keys(require("sticky-edge-origin")).toSorted()).toEqual(NAMES);
	expect(require("sticky-edge-origin/contract").tagOf("n1")).toBe("d0N");
	expect(Object.keys(require("sticky-edge-origin/streams"))).toContain("orderedAdapter");
	const code = `import * as all from "sticky-edge-origin"; import "sticky-edge-origin/metrics"; console.log(Object.keys(all).join())`;
	const args = ["--input-type=module", "-e", code];
	expect(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).trim()).toBe(NAMES.join());
	const manifest = require(join(folder, "node_modules/sticky-edge-origin/package.json"));
	expect(manifest.dependencies).toBeUndefined();
});

test("a target folder with other content is not overwritten", async () => {
	await expect(buildPackage(folder)).rejects.toThrow(/has other content; give a new folder/);
	await expect(buildPackage(join(folder, "built"))).resolves.toBeUndefined();
});
