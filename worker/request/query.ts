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
	for (let start = 0; start < query.length; ) {
		let end = query.indexOf("&", start);
		if (end < 0) end = query.length;
		const equals = query.indexOf("=", start);
		const split = equals < 0 || equals > end ? end : equals;
		const name = decode(query.slice(start, split));
		if (name === "transport" || name === "sid" || name === "EIO") {
			const value = decode(query.slice(split + 1, end));
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
		start = end + 1;
	}
	return { transport, sid, eio, duplicate };
}

function decode(text: string): string {
	if (!text.includes("%") && !text.includes("+")) return text;
	const spaced = text.replaceAll("+", " ");
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}
