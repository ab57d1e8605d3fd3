/** The Engine.IO fields of a query string, read in one pass. */

export interface EngineQuery {
	readonly transport: string | null;
	readonly sid: string | null;
	readonly eio: string | null;
	/** A field that stands more than once: the origin would take the last, others the first, so neither is believed. */
	readonly duplicate: "sid" | "transport" | "EIO" | null;
}

/**
 * Reads `query` (without its question mark) as `URLSearchParams` would: names and values percent-decoded,
 * `+` a space. Broken escapes stay as they are. Never throws.
 */
export function readEngineQuery(query: string): EngineQuery {
	let transport: string | null = null;
	let sid: string | null = null;
	let eio: string | null = null;
	let duplicate: EngineQuery["duplicate"] = null;
	const coded = query.includes("%") || query.includes("+");
	for (let start = 0; start < query.length; ) {
		let end = query.indexOf("&", start);
		if (end < 0) end = query.length;
		const pair = query.slice(start, end);
		start = end + 1;
		const equals = pair.indexOf("=");
		const split = equals < 0 ? pair.length : equals;
		const name = coded ? decode(pair.slice(0, split)) : pair.slice(0, split);
		if (name !== "transport" && name !== "sid" && name !== "EIO") continue;
		const value = coded ? decode(pair.slice(split + 1)) : pair.slice(split + 1);
		if (name === "transport") {
			if (transport !== null) duplicate = name;
			transport = value;
		} else if (name === "sid") {
			if (sid !== null) duplicate = name;
			sid = value;
		} else {
			if (eio !== null) duplicate = name;
			eio = value;
		}
	}
	return { transport, sid, eio, duplicate };
}

function decode(text: string): string {
	const spaced = text.replaceAll("+", " ");
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}
