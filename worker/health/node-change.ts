/** An operator's change of a node. */

/** What an operator can set a node to: serve, take no new sessions, or take no requests at all. */
export const ADMIN_STATES = ["ready", "drain", "maint"] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

export interface NodeChange {
	readonly pool: string;
	readonly node: string;
	/** Undefined = unchanged. */
	readonly adminState: AdminState | undefined;
	/** 0 to 256; null = the configured weight again; undefined = unchanged. */
	readonly weight: number | null | undefined;
}

/**
 * Reads a change: `{pool, node}` with `state`, `weight` or both; the weight null ends an earlier change of it. `word`,
 * the earlier name of `state`, is read too. Returns the change, or a sentence that names the field and the fix.
 */
export function readNodeChange(body: unknown): NodeChange | string {
	if (typeof body !== "object" || body === null)
		return 'body: not a JSON object; write {"pool", "node", "state"}';
	const { pool, node, state, word, weight } = body as Record<string, unknown>;
	if (typeof pool !== "string") return "pool: missing; write the pool's name";
	if (typeof node !== "string") return "node: missing; write the node's id";
	const adminState = state === undefined ? word : state;
	if (adminState === undefined && weight === undefined)
		return `state: missing; write one of ${ADMIN_STATES.join(", ")}, or a weight`;
	if (adminState !== undefined && !ADMIN_STATES.includes(adminState as AdminState))
		return `state: ${JSON.stringify(adminState)} is not one of ${ADMIN_STATES.join(", ")}`;
	if (weight !== undefined && weight !== null && !isWeight(weight))
		return `weight: ${JSON.stringify(weight)} is not a whole number from 0 to ${MAX_WEIGHT}, nor null for the configured weight`;
	return {
		pool,
		node,
		adminState: adminState as AdminState | undefined,
		weight: weight as number | null | undefined,
	};
}

const MAX_WEIGHT = 256;

function isWeight(value: unknown): boolean {
	return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_WEIGHT;
}
