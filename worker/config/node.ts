/** A node of a pool: its name, its address, and its share of new sessions. */
import { NODE_ID, TAG, tagOf } from "../contract.ts";
import { type Read, record, text, wholeNumber } from "./fields.ts";

export const nodeShape = record({
	id: text(NODE_ID, "write a name of letters, digits, dot, dash or underscore, at most 64 characters"),
	url: text(/./, 'write the node\'s address, as "https://n1.example.com"'),
	/** Explicit tag; "" = computed from the id. */
	tag: text(/^$|^[A-Za-z0-9_-]{3}$/, "write 3 characters of A-Z, a-z, 0-9, dash or underscore", ""),
	/** Share of new sessions; 0 = none. */
	weight: wholeNumber(0, 256, 100),
	/** No new sessions above this number, by the node's last report (only the node's own limit is exact); 0 = no limit. */
	max_sessions: wholeNumber(0, 10_000_000, 0),
});

export interface Node {
	readonly id: string;
	/** Scheme, host and port, no slash at the end. */
	readonly url: string;
	readonly tag: string;
	readonly weight: number;
	readonly maxSessions: number;
	/** Position in the pool. */
	readonly index: number;
}

/** The node of one entry of `nodes`, found at the dotted name `at`. */
export function readNode(row: Read<typeof nodeShape>, index: number, at: string, problems: string[]): Node {
	return {
		id: row.id,
		url: readUrl(row.url, `${at}.url`, problems),
		tag: TAG.test(row.tag) ? row.tag : tagOf(row.id),
		weight: row.weight,
		maxSessions: row.max_sessions,
		index,
	};
}

function readUrl(given: string, at: string, problems: string[]): string {
	const fix = "write scheme, host and port only, as https://n1.example.com or http://10.0.0.5:3001";
	let url: URL;
	try {
		url = new URL(given);
	} catch {
		if (given !== "") problems.push(`${at}: "${given}" is not a URL; ${fix}`);
		return "http://invalid";
	}
	if (url.protocol !== "http:" && url.protocol !== "https:")
		problems.push(`${at}: "${given}" is not http or https; ${fix}`);
	else if (url.username !== "" || url.password !== "")
		problems.push(`${at}: has a user name or password; ${fix}`);
	else if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
		problems.push(`${at}: "${given}" has a path or query; ${fix}`);
	return url.origin;
}
