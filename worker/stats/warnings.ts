/** Warnings about nodes, which isolates find in their own traffic: sent with each flush, and merged by the ledger. */
import type { PoolStatus } from "../health/verdict.ts";
import { isRecord } from "./sums.ts";

/** Text by code, by `pool/node`. */
export type Warnings = Record<string, Record<string, string>>;

const MAX_WARNING_CHARACTERS = 600;
/** How long the ledger keeps a warning after an isolate last reported it: three flushes of a busy isolate. */
export const WARNING_LIFETIME_MS = 30_000;

/** The warnings of an isolate. Nodes without any are left out. */
export function warningsOf(pools: readonly PoolStatus[]): Warnings {
	const warnings: Warnings = {};
	for (const { pool, table } of pools)
		for (const status of table.nodes) {
			const texts = Object.entries(status.warnings);
			if (texts.length === 0) continue;
			warnings[`${pool.name}/${status.node.id}`] = Object.fromEntries(
				texts.map(([code, text]) => [code, text.slice(0, MAX_WARNING_CHARACTERS)]),
			);
		}
	return warnings;
}

/** Checks warnings received from an isolate; null = not warnings. An isolate of an earlier version sends none. */
export function readWarnings(given: unknown): Warnings | null {
	if (given === undefined) return {};
	if (!isRecord(given)) return null;
	for (const texts of Object.values(given))
		if (!isRecord(texts) || !Object.values(texts).every((text) => typeof text === "string")) return null;
	return given as Warnings;
}

/** The warnings of all isolates, by node and code, with the time of the last report (epoch ms). */
export type ReportedWarnings = Map<string, Map<string, { readonly text: string; readonly at: number }>>;

/** Adds the warnings of one isolate; the last text under a code replaces an earlier one. */
export function addWarnings(reported: ReportedWarnings, warnings: Warnings, now: number): void {
	forgetOld(reported, now);
	for (const [node, texts] of Object.entries(warnings)) {
		const byCode = reported.get(node) ?? new Map();
		for (const [code, text] of Object.entries(texts)) byCode.set(code, { text, at: now });
		reported.set(node, byCode);
	}
}

/** The warnings that any isolate reported within their lifetime. */
export function currentWarnings(reported: ReportedWarnings, now: number): Warnings {
	forgetOld(reported, now);
	const textsOf = (byCode: ReadonlyMap<string, { readonly text: string }>) =>
		Object.fromEntries([...byCode].map(([code, { text }]) => [code, text]));
	return Object.fromEntries([...reported].map(([node, byCode]) => [node, textsOf(byCode)]));
}

function forgetOld(reported: ReportedWarnings, now: number): void {
	for (const [node, byCode] of reported) {
		for (const [code, { at }] of byCode) if (now - at > WARNING_LIFETIME_MS) byCode.delete(code);
		if (byCode.size === 0) reported.delete(node);
	}
}
