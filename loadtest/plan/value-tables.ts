/**
 * Kinds of field values that are tables: names with their values, as `name=value` or `Name: value`. k6's scripts load
 * this file with the table of fields: no Node imports.
 */
import { afterColon, type Kind, ValueError } from "./values.ts";

/** `a=1,b=2`; the flag may be repeated. The values may be secrets. */
export const pairs: Kind<Readonly<Record<string, string>>> = {
	shape: "other",
	read(given, before) {
		const rule = "Write name=value, and separate several with commas.";
		return { ...before, ...Object.fromEntries(given.split(",").map((part) => pair(part, rule, true))) };
	},
	complaint: () => undefined,
};

function pair(part: string, rule: string, secret = false): [name: string, value: string] {
	const cut = part.indexOf("=");
	if (cut < 1) throw new ValueError(rule, secret);
	return [part.slice(0, cut).trim(), part.slice(cut + 1)];
}

/** `edge=1234,n1=1235`: names of processes and their ids. */
export const pids: Kind<Readonly<Record<string, number>>> = {
	shape: "other",
	read(given) {
		const entries = given.split(",").map((part): [string, number] => {
			const [name, pid] = pair(part, `Write name=PID, not "${part}".`);
			if (!/^[1-9]\d*$/.test(pid)) throw new ValueError(`Write name=PID, not "${part}".`);
			return [name, Number(pid)];
		});
		return Object.fromEntries(entries);
	},
	complaint: () => undefined,
};

/** `Name: value`; the flag may be repeated. */
export const headers: Kind<Readonly<Record<string, string>>> = {
	shape: "other",
	read: (line, before) => ({ ...before, ...header(line, "Write 'Name: value'.") }),
	complaint: () => undefined,
};

/** `path=Name: value`; the flag may be repeated. */
export const pathHeaders: Kind<Readonly<Record<string, Readonly<Record<string, string>>>>> = {
	shape: "other",
	read(line, before = {}) {
		const rule = "Write 'path=Name: value'.";
		const cut = line.indexOf("=");
		if (cut < 1) throw new ValueError(rule, true);
		const path = line.slice(0, cut).trim();
		return { ...before, [path]: { ...before[path], ...header(line.slice(cut + 1), rule) } };
	},
	complaint: () => undefined,
};

function header(line: string, rule: string): Record<string, string> {
	const cut = line.indexOf(":");
	const name = line.slice(0, Math.max(0, cut)).trim();
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new ValueError(rule, true);
	return { [name]: line.slice(cut + 1).trim() };
}

/** `host:port=address`; the flag may be repeated. */
export const resolves: Kind<Readonly<Record<string, string>>> = {
	shape: "other",
	read(given, before) {
		const match = /^([^=]+:\d{1,5})=(.+)$/.exec(given.trim());
		if (!match) throw new ValueError("Write host:port=address, for example chat.example.com:443=10.0.0.7.");
		return { ...before, [match[1]!.toLowerCase()]: match[2]!.replace(/^\[|\]$/g, "") };
	},
	complaint: () => undefined,
};

/** Settings of single paths, by the path's name and the field's. */
export type PathSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The fields that `--path-set` can set: by their names, with their flags and kinds. */
type PathRows = Readonly<Record<string, { readonly flag: string; readonly kind: Kind<unknown> }>>;

/** `path.flag=value` for the fields of `rows`; the flag may be repeated. The values may be secrets. */
export function pathSettings(rows: () => PathRows): Kind<PathSettings> {
	const flags = () => Object.values(rows()).map(({ flag }) => flag.replace(/^--/, ""));
	return {
		shape: "other",
		read(given, before = {}) {
			const match = /^([^=]+)\.([a-z-]+)(?:=(.*))?$/s.exec(given);
			if (!match)
				throw new ValueError(`Write path.flag=value, where flag is any of ${flags().join(", ")}.`, true);
			const [, path = "", flag, text = ""] = match;
			const found = Object.entries(rows()).find(([, row]) => row.flag === `--${flag}`);
			if (!found)
				throw new ValueError(
					`Unknown flag "${flag}" for path ${path}; use any of ${flags().join(", ")}.`,
					true,
				);
			const [name, { kind }] = found;
			const own = before[path] ?? {};
			return { ...before, [path]: { ...own, [name]: readIn(kind, text, own[name], `${path}.${flag}`) } };
		},
		complaint(paths) {
			for (const [path, settings] of Object.entries(paths))
				for (const [name, value] of Object.entries(settings)) {
					const row = Object.hasOwn(rows(), name) ? rows()[name] : undefined;
					if (!row)
						return `Unknown field "${name}" for path ${path}; use any of ${Object.keys(rows()).join(", ")}.`;
					const complaint = row.kind.complaint(value);
					if (complaint !== undefined) return `For ${path}.${name}: ${afterColon(complaint)}`;
				}
			return undefined;
		},
	};
}

/** Reads a value and names its place in the error, without the value. */
function readIn(kind: Kind<unknown>, text: string, before: unknown, where: string): unknown {
	try {
		return kind.read(text, before);
	} catch (error) {
		if (!(error instanceof ValueError)) throw error;
		throw new ValueError(`${where}: ${afterColon(error.message)}`, true);
	}
}
