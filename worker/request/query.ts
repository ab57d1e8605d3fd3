/** The Engine.IO fields of a query, read in one pass without decoding what cannot be one of them. */

export interface EngineQuery {
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	/** The field `j`: the index of a JSONP callback. */
	readonly jsonp: string | null;
	/** A field that occurs more than once: nodes use the last value, other parsers the first, so neither is trusted. */
	readonly duplicate: "sid" | "transport" | "EIO" | null;
}

export const NO_ENGINE_QUERY: EngineQuery = {
	transport: null,
	sid: null,
	eio: null,
	jsonp: null,
	duplicate: null,
};

/**
 * Reads a query, with its question mark, as `URLSearchParams` would: names and values are percent-decoded, `+` is a
 * space, and invalid escapes stay as they are. Of a field that repeats it reads the first value. Never throws; the cost
 * grows with the length only, whatever the query consists of.
 */
export function parseEngineQuery(search: string): EngineQuery {
	let transport: string | null = null;
	let sid: string | null = null;
	let eio: string | null = null;
	let jsonp: string | null = null;
	let duplicate: EngineQuery["duplicate"] = null;
	let equals = search.indexOf("=");
	for (let start = 1; start < search.length; ) {
		let end = search.indexOf("&", start);
		if (end < 0) end = search.length;
		// Looked for once, not in every pair: a query of many pairs may have no equals sign at all.
		if (equals >= 0 && equals < start) equals = search.indexOf("=", start);
		const nameEnd = equals < 0 || equals > end ? end : equals;
		if (!mayBeginField(search.charCodeAt(start))) {
			// Almost all pairs of a long query are skipped here.
		} else if (isName(search, start, nameEnd, "sid")) {
			if (sid === null) sid = decodedValue(search, nameEnd, end);
			else duplicate = "sid";
		} else if (isName(search, start, nameEnd, "transport")) {
			if (transport === null) transport = decodedValue(search, nameEnd, end);
			else duplicate = "transport";
		} else if (isName(search, start, nameEnd, "EIO")) {
			if (eio === null) eio = decodedValue(search, nameEnd, end);
			else duplicate = "EIO";
		} else if (jsonp === null && isName(search, start, nameEnd, "j"))
			jsonp = decodedValue(search, nameEnd, end);
		start = end + 1;
	}
	return { transport, sid, eio, jsonp, duplicate };
}

const PERCENT = 0x25;

/** Whether a character is the first of a field's name, or of an escape. */
function mayBeginField(code: number): boolean {
	return code === LETTER_S || code === LETTER_T || code === LETTER_E || code === LETTER_J || code === PERCENT;
}

const [LETTER_S, LETTER_T, LETTER_E, LETTER_J] = [..."stEj"].map((letter) => letter.charCodeAt(0));

/** Whether the text from `at` to `end` is `name`, each character as it is or percent-encoded. */
function isName(text: string, at: number, end: number, name: string): boolean {
	const length = end - at;
	if (length < name.length || length > name.length * "%00".length) return false;
	let next = at;
	for (let i = 0; i < name.length; i++) {
		if (next >= end) return false;
		let code = text.charCodeAt(next);
		if (code === PERCENT) {
			code =
				next + 2 < end ? hexDigit(text.charCodeAt(next + 1)) * 16 + hexDigit(text.charCodeAt(next + 2)) : -1;
			next += 2;
		}
		if (code !== name.charCodeAt(i)) return false;
		next += 1;
	}
	return next === end;
}

/** The value of a hexadecimal digit's character code; NaN for any other. */
function hexDigit(code: number): number {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	const lower = code | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}

/** The value after the equals sign at `equals`; "" when the pair ends there. */
function decodedValue(search: string, equals: number, end: number): string {
	const value = search.slice(equals + 1, end);
	if (!value.includes("%") && !value.includes("+")) return value;
	return new URLSearchParams(`v=${value}`).get("v") ?? "";
}
