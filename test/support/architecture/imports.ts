/** Which files of this project a file imports. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { PROJECT } from "../../../worker/command-line/project.ts";

/** Static and dynamic imports, re-exports, types too: whoever names a file must know it. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(?\s*)"([^"$]+)"/g;

/** Every tracked file below `folder` ("" = all), as a path with slashes from the project's root. */
export function tracked(folder = ""): string[] {
	const listed = execFileSync("git", ["ls-files", "-z", "--", folder === "" ? "." : folder], {
		cwd: PROJECT,
		encoding: "utf8",
	});
	return listed.split("\0").filter((file) => file !== "");
}

/** A tracked file's text; "" when it was removed and not committed yet. */
export function textOf(file: string): string {
	try {
		return readFileSync(posix.join(PROJECT, file), "utf8");
	} catch {
		return "";
	}
}

/** What `file` imports: paths from the project's root, packages by their name. */
export function importsOf(file: string): string[] {
	return [...textOf(file).matchAll(IMPORT)].map(([, name]) =>
		name!.startsWith(".") ? posix.join(posix.dirname(file), name!) : name!,
	);
}
