/** Readers for configuration fields: each checks one value and reports what is wrong, with the fix, in one sentence. */

/** Checks `value`, found at the dotted name `at`. Adds sentences to `problems`; always returns a usable value. */
export type Reader<T> = (value: unknown, at: string, problems: string[]) => T;

/** The type a reader returns. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** One of the given words; the first is the default. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W): Reader<W[number]> {
	return (value, at, problems) => {
		if (value === undefined) return words[0];
		if (typeof value === "string" && words.includes(value)) return value;
		problems.push(`${at}: ${show(value)} is not one of ${words.join(", ")}`);
		return words[0];
	};
}

/** A whole number in a range. */
export function whole(least: number, most: number, fallback: number): Reader<number> {
	return (value, at, problems) => {
		if (value === undefined) return fallback;
		if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
			return value as number;
		problems.push(`${at}: ${show(value)} is not a whole number from ${least} to ${most}`);
		return fallback;
	};
}

/** True or false. */
export function flag(fallback: boolean): Reader<boolean> {
	return (value, at, problems) => {
		if (value === undefined) return fallback;
		if (typeof value === "boolean") return value;
		problems.push(`${at}: ${show(value)} is not true or false (written without quotes)`);
		return fallback;
	};
}

/** Text that matches `form`; `fix` says what to write. Without a fallback the field is required. */
export function text(form: RegExp, fix: string, fallback?: string): Reader<string> {
	return (value, at, problems) => {
		if (value === undefined && fallback !== undefined) return fallback;
		if (typeof value === "string" && form.test(value)) return value;
		problems.push(value === undefined ? `${at}: missing; ${fix}` : `${at}: ${show(value)}; ${fix}`);
		return fallback ?? "";
	};
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

/** A table of known fields; an unknown field is reported. */
export function record<S extends Record<string, Reader<unknown>>>(
	shape: S,
): Reader<{ [K in keyof S]: Read<S[K]> }> {
	return (value, at, problems) => {
		const given = value === undefined ? {} : decodeVariable(value);
		const table = isTable(given) ? given : {};
		if (!isTable(given)) problems.push(`${at}: ${show(value)} is not a table; write { field = value }`);
		for (const name of Object.keys(table))
			if (!(name in shape))
				problems.push(`${at}.${name}: no such field; the fields are ${Object.keys(shape).join(", ")}`);
		const read = Object.entries(shape).map(([name, reader]) => [
			name,
			reader(table[name], `${at}.${name}`, problems),
		]);
		return Object.fromEntries(read) as { [K in keyof S]: Read<S[K]> };
	};
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

function show(value: unknown): string {
	const json = JSON.stringify(value) ?? String(value);
	return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
