/** The settings of one path: those of the run, with what `--path-set` and `--path-header` change. */
import type { PATH_FIELDS, Settings } from "./fields.ts";

type PathField = (typeof PATH_FIELDS)[number];
type WithPaths = Pick<Settings, PathField | "pathSet" | "pathHeaders">;

/** Settings that a path adds to; every other one replaces the run's. */
const ADDED = ["query", "headers", "resolve"] as const satisfies readonly PathField[];

/** The run's settings as they are on one path. */
export function settingsFor<S extends WithPaths>(settings: S, path: string): S {
	const own = (settings.pathSet[path] ?? {}) as Partial<Pick<Settings, PathField>>;
	const added = Object.fromEntries(ADDED.map((name) => [name, { ...settings[name], ...own[name] }]));
	const headers = { ...settings.headers, ...own.headers, ...settings.pathHeaders[path] };
	return { ...settings, ...own, ...added, headers };
}
