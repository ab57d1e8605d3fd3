/** Which files of this project a file imports, and circles among such imports. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { PROJECT } from "../../../worker/command-line/project.ts";

/** One import: paths from the project's root, or a package's name in `to`. */
export interface Import {
	readonly from: string;
	readonly to: string;
}

/** Static and dynamic imports and re-exports, of types too: each makes a file depend on another. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(?\s*)"([^"$]+)"/g;

/** Every tracked file below `folder` ("" = all), as a path with slashes from the project's root. */
export function tracked(folder = ""): string[] {
	const listed = execFileSync("git", ["ls-files", "-z", "--", folder === "" ? "." : folder], {
		cwd: PROJECT,
		encoding: "utf8",
	});
	return listed.split("\0").filter((file) => file !== "");
}

/** The text of a tracked file; "" when it was removed but not committed yet. */
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

/** The circles in a graph of `[from, to]` edges, each as "a → b → a" and named once. Edges from a node to itself are ignored. */
export function circlesIn(edges: readonly (readonly [from: string, to: string])[]): string[] {
	const next = new Map<string, Set<string>>();
	for (const [from, to] of edges) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
	const found = new Set<string>();
	const finished = new Set<string>();
	const visit = (node: string, path: readonly string[]): void => {
		const at = path.indexOf(node);
		if (at >= 0) found.add(canonical(path.slice(at)));
		if (at >= 0 || finished.has(node)) return;
		for (const to of next.get(node) ?? []) visit(to, [...path, node]);
		finished.add(node);
	};
	for (const node of next.keys()) visit(node, []);
	return [...found];
}

/** A circle that begins with its alphabetically first node. */
function canonical(circle: readonly string[]): string {
	const start = circle.indexOf([...circle].sort()[0]!);
	const turned = [...circle.slice(start), ...circle.slice(0, start)];
	return [...turned, turned[0]].join(" → ");
}
