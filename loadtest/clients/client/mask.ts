/** Hides in a server's text what a client sent as a secret. */
import type { SessionOptions } from "./session.ts";

/** Shorter values are hidden only where they stand as a word: they may be part of any other. */
const MIN_PART_LENGTH = 4;
/** The longest text that a result keeps. */
const MAX_TEXT_LENGTH = 200;
const HIDDEN = "***";

/** The values of a client's auth, headers, query and row, and of its cookies. */
export function secretsOf(
	{
		auth,
		headers,
		query,
		row,
	}: Pick<SessionOptions, "auth" | "headers" | "query"> & Partial<Pick<SessionOptions, "row">>,
	cookies: readonly string[] = [],
): string[] {
	const ofHeaders = Object.values(headers).flatMap((value) => [value, ...value.split(/[\s;,=]+/)]);
	const all = [...leavesOf(auth), ...leavesOf(row), ...ofHeaders, ...Object.values(query), ...cookies];
	return [...new Set(all)].filter((value) => value !== "");
}

function leavesOf(value: unknown): string[] {
	if (typeof value === "string" || typeof value === "number") return [String(value)];
	return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** The text with `***` in place of each secret, in one line of at most 200 characters. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
	const forms = new Set(
		secrets.flatMap((one) => [one, encodeURIComponent(one.toWellFormed()), JSON.stringify(one).slice(1, -1)]),
	);
	const longestFirst = [...forms].sort((a, b) => b.length - a.length);
	const hidden = longestFirst.reduce((shown, secret) => {
		if (secret.length >= MIN_PART_LENGTH) return shown.replaceAll(secret, HIDDEN);
		const word = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
		return shown.replace(new RegExp(`(?<![\\w*])${word}(?![\\w*])`, "g"), HIDDEN);
	}, text);
	return hidden.replace(/\s+/g, " ").trim().slice(0, MAX_TEXT_LENGTH);
}
