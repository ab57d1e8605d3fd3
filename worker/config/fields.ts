/** Readers for the fields of the configuration and of result files: each checks one value and reports what is wrong, with the fix, in one sentence. */

/** Checks `value`, found at the dotted name `at`. Adds sentences to `problems`; always returns a usable value. */
export type Reader<T> = (value: unknown, at: string, problems: string[]) => T;

/** The type a reader returns. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** A value that `isValid` accepts; any other is reported with `fault` after it. */
function valid<T>(isValid: (value: unknown) => boolean, fault: string, fallback: T): Reader<T> {
	return (value, at, problems) => {
		if (value === undefined) return fallback;
		if (isValid(value)) return value as T;
		problems.push(`${at}: ${show(value)} ${fault}`);
		return fallback;
	};
}

/** One of the given values; the first is the default. */
export function oneOf<const V extends readonly [string, ...string[]]>(values: V): Reader<V[number]> {
	const isValid = (value: unknown) => values.includes(value as string);
	return valid<V[number]>(isValid, `is not one of ${values.join(", ")}`, values[0]);
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number, fallback: number): Reader<number> {
	const isValid = (value: unknown) =>
		Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
	return valid(isValid, `is not a whole number from ${least} to ${most}`, fallback);
}

/** True or false. */
export function flag(fallback: boolean): Reader<boolean> {
	const isValid = (value: unknown) => typeof value === "boolean";
	return valid(isValid, "is not true or false (written without quotes)", fallback);
}

/** Text that matches `form`; `fix` tells the reader what to write. Without a fallback the field is required. */
export function text(form: RegExp, fix: string, fallback?: string): Reader<string> {
	return (value, at, problems) => {
		if (value === undefined && fallback !== undefined) return fallback;
		if (typeof value === "string" && form.test(value)) return value;
		problems.push(value === undefined ? `${at}: missing; ${fix}` : `${at}: ${show(value)}; ${fix}`);
		return fallback ?? "";
	};
}

/** A number of 0 or more; required. */
export const amount: Reader<number> = (value, at, problems) => {
	if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
	problems.push(
		value === undefined ? `${at}: missing` : `${at}: ${show(value)} is not a number of 0 or more`,
	);
	return 0;
};

/** A field without a default: a missing one is reported. */
export function required<T>(reader: Reader<T>): Reader<T> {
	return (value, at, problems) => {
		if (value !== undefined) return reader(value, at, problems);
		problems.push(`${at}: missing`);
		return reader(undefined, at, []);
	};
}

/** A field that may be missing. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
	return (value, at, problems) => (value === undefined ? undefined : reader(value, at, problems));
}

/** A list; empty by default. */
export function list<T>(item: Reader<T>): Reader<T[]> {
	return (value, at, problems) => {
		if (value === undefined) return [];
		if (Array.isArray(value)) return value.map((each, i) => item(each, `${at}[${i}]`, problems));
		problems.push(`${at}: ${show(value)} is not a list; write [ … ]`);
		return [];
	};
}

/** What `record` returns: fields that may be undefined may also be missing. */
type Table<S extends Record<string, Reader<unknown>>> = {
	[K in keyof S as undefined extends Read<S[K]> ? never : K]: Read<S[K]>;
} & { [K in keyof S as undefined extends Read<S[K]> ? K : never]?: Read<S[K]> };

/** A table of known fields. An unknown field is reported; in a result file it is dropped, since later versions may add some. */
export function record<S extends Record<string, Reader<unknown>>>(
	shape: S,
	source: "variable" | "result" = "variable",
): Reader<Table<S>> {
	return (value, at, problems) => {
		const isVariable = source === "variable";
		const given = value === undefined ? {} : isVariable ? decodeVariable(value) : value;
		const table = isTable(given) ? given : {};
		if (!isTable(given))
			problems.push(`${at}: ${show(value)} is not a table${isVariable ? "; write { field = value }" : ""}`);
		if (isVariable)
			for (const name of Object.keys(table))
				if (!(name in shape))
					problems.push(`${below(at, name)}: no such field; the fields are ${Object.keys(shape).join(", ")}`);
		const read: Record<string, unknown> = {};
		for (const [name, reader] of Object.entries(shape)) {
			const field = reader(table[name], below(at, name), problems);
			if (field !== undefined) read[name] = field;
		}
		return read as Table<S>;
	};
}

/** A table whose names are free, or any of `names`. */
export function tableOf<T, N extends string = string>(
	item: Reader<T>,
	names: readonly N[] | null = null,
): Reader<Partial<Record<N, T>>> {
	return (value, at, problems) => {
		const read: Partial<Record<string, T>> = {};
		if (!isTable(value)) problems.push(`${at}: ${show(value)} is not a table`);
		else
			for (const [name, each] of Object.entries(value)) {
				if (names !== null && !names.includes(name as N))
					problems.push(`${below(at, name)}: no such field; the fields are ${names.join(", ")}`);
				else read[name] = item(each, below(at, name), problems);
			}
		return read as Partial<Record<N, T>>;
	};
}

function below(at: string, name: string): string {
	return at === "" ? name : `${at}.${name}`;
}

/** A variable is an object on Cloudflare and JSON text on plain workerd; returns the object for both. */
export function decodeVariable(value: unknown): unknown {
	if (typeof value !== "string") return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

function isTable(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value for a message, cut to 80 characters. */
export function show(value: unknown): string {
	const json = JSON.stringify(value) ?? String(value);
	return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
