/** The Engine.IO fields of a query, read in one pass without decoding what cannot be one of them. */

/** `j` is the index of a JSONP callback. */
const FIELDS = ["sid", "transport", "EIO", "j"] as const;
type Field = (typeof FIELDS)[number];

/** The values of the fields, null = missing. */
export interface EngineQuery extends Readonly<Record<Field, string | null>> {
	/** A field that some nodes may read otherwise, so that no reading of it can be trusted. */
	readonly ambiguous: Field | null;
}

export const NO_ENGINE_QUERY: EngineQuery = {
	sid: null,
	transport: null,
	EIO: null,
	j: null,
	ambiguous: null,
};

/** Parsers read at least this many pairs. Node.js's querystring stops after 1,000, and netty after 1,024. */
const MAX_PAIRS = 1000;

const [PERCENT, AMPERSAND, SEMICOLON, EQUALS] = [0x25, 0x26, 0x3b, 0x3d];

/** Some parsers drop a pair with such an escape. */
const INVALID_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * Reads a query, with its question mark, as `URLSearchParams` would: names and values are percent-decoded, and `+` is a
 * space. Of a field that repeats it reads the first value. A field is ambiguous if it repeats (nodes use the last value,
 * other parsers the first), has an invalid escape, comes after `MAX_PAIRS` others, or reads otherwise where `;` separates
 * pairs too, as in netty and older Python. Never throws; the cost grows with the length only, whatever the query
 * consists of.
 */
export function parseEngineQuery(search: string): EngineQuery {
	const query = readPairs(search, AMPERSAND);
	if (!search.includes(";")) return query;
	const other = readPairs(search, SEMICOLON);
	const differing = FIELDS.find((field) => other[field] !== query[field]);
	// The second reading has every field of the first.
	return { ...other, ambiguous: query.ambiguous ?? other.ambiguous ?? differing ?? null };
}

/** Reads the pairs between ampersands, and between characters with the code `separator`. */
function readPairs(search: string, separator: number): EngineQuery {
	const query: { -readonly [K in keyof EngineQuery]: EngineQuery[K] } = { ...NO_ENGINE_QUERY };
	for (let start = 1, pairs = 1; start < search.length; pairs++) {
		let nameEnd = -1;
		let end = start;
		for (; end < search.length; end++) {
			const code = search.charCodeAt(end);
			if (code === AMPERSAND || code === separator) break;
			if (code === EQUALS && nameEnd < 0) nameEnd = end;
		}
		if (nameEnd < 0) nameEnd = end;
		// Almost all pairs of a long query are skipped here.
		const field = mayBeginField(search, start) ? fieldAt(search, start, nameEnd) : undefined;
		if (field !== undefined) {
			const value = search.slice(nameEnd + 1, end);
			if (query[field] !== null || pairs > MAX_PAIRS || INVALID_ESCAPE.test(value)) query.ambiguous = field;
			query[field] ??= decode(value);
		}
		start = end + 1;
	}
	return query;
}

const FIRST_CODES: readonly number[] = [..."stEj"].map((first) => first.charCodeAt(0));

/** Whether the character at `at` is the first of a field's name. */
function mayBeginField(text: string, at: number): boolean {
	return FIRST_CODES.includes(codeAt(text, at));
}

/** The code of the character at `at`, percent-decoded. An escape without two digits is NaN or below 16, and so no letter. */
function codeAt(text: string, at: number): number {
	const code = text.charCodeAt(at);
	return code === PERCENT ? Number.parseInt(text.slice(at + 1, at + 3), 16) : code;
}

function fieldAt(search: string, at: number, end: number): Field | undefined {
	return FIELDS.find((field) => isName(search, at, end, field));
}

/** Whether the text from `at` to `end` is `name`, each character as it is or percent-encoded. */
function isName(text: string, at: number, end: number, name: string): boolean {
	const length = end - at;
	if (length < name.length || length > name.length * "%00".length) return false;
	let next = at;
	for (let i = 0; i < name.length; i++) {
		if (codeAt(text, next) !== name.charCodeAt(i)) return false;
		next += text.charCodeAt(next) === PERCENT ? 3 : 1;
	}
	return next === end;
}

function decode(value: string): string {
	if (!value.includes("%") && !value.includes("+")) return value;
	return new URLSearchParams(`v=${value}`).get("v") ?? "";
}
