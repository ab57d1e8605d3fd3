/** What an operator says of a node, as it arrives. */
import { WORDS, type Word } from "./watch.ts";

export interface Said {
	readonly pool: string;
	readonly node: string;
	readonly word: Word | null;
	/** 0 to 256; null = unchanged. */
	readonly weight: number | null;
}

/** Reads it. Returns what was said, or a sentence that names the field and the cure. */
export function readWord(body: unknown): Said | string {
	if (typeof body !== "object" || body === null)
		return 'body: not a JSON object; write {"pool", "node", "word"}';
	const { pool, node, word, weight } = body as Record<string, unknown>;
	if (typeof pool !== "string") return "pool: missing; write the pool's name";
	if (typeof node !== "string") return "node: missing; write the node's id";
	if (word === undefined && weight === undefined)
		return `word: missing; write one of ${WORDS.join(", ")}, or a weight`;
	if (word !== undefined && !WORDS.includes(word as Word))
		return `word: ${JSON.stringify(word)} is not one of ${WORDS.join(", ")}`;
	if (
		weight !== undefined &&
		!(Number.isInteger(weight) && (weight as number) >= 0 && (weight as number) <= 256)
	)
		return `weight: ${JSON.stringify(weight)} is not a whole number from 0 to 256`;
	return {
		pool,
		node,
		word: (word as Word | undefined) ?? null,
		weight: (weight as number | undefined) ?? null,
	};
}
