/** The primary metrics: the few that are tested, so that many figures cannot make a chance finding. */
import { UsageError } from "../../worker/command-line/command.ts";
import { QUANTILE_NAMES, type QuantileName } from "../report/quantile.ts";
import type { Pairing } from "./pairing.ts";

/** One quantile of one pairing. */
export interface Primary {
	pair: Pairing;
	quantile: QuantileName;
}

/** p50 and p99 of one pairing: websocket where there is one, on the last path (the edge, as a rule). */
export function defaultPrimaries(pairs: readonly Pairing[]): Primary[] {
	const pair = pairs.filter((each) => each.transport === "websocket").at(-1) ?? pairs.at(-1);
	return pair === undefined
		? []
		: [
				{ pair, quantile: "p50" },
				{ pair, quantile: "p99" },
			];
}

/** Reads `p99 websocket edge, p50 polling edge`; the path may be left out where there is one. */
export function parsePrimaries(text: string, pairs: readonly Pairing[]): Primary[] {
	const primaries = text.split(",").map((part) => parsePrimary(part.trim(), pairs));
	const names = primaries.map(({ pair, quantile }) => `${quantile} ${pair.name}`);
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined) throw new UsageError(`--primary names ${twice} twice: name it once.`);
	return primaries;
}

/** `p99.9` as people write it, or `p999`, to its name; undefined for anything else. */
export function quantileNamed(text: string): QuantileName | undefined {
	const name = text.replace(".", "");
	return QUANTILE_NAMES.find((each) => each === name);
}

function parsePrimary(text: string, pairs: readonly Pairing[]): Primary {
	const [first = "", transport, path, ...rest] = text.split(/\s+/);
	const quantile = quantileNamed(first);
	const found = pairs.filter(
		(pair) => pair.transport === transport && (path === undefined || pair.path === path),
	);
	const [pair] = found;
	if (quantile !== undefined && pair !== undefined && found.length === 1 && rest.length === 0)
		return { pair, quantile };
	const choices = pairs.map((each) => `${each.transport} ${each.path}`).join(", ");
	throw new UsageError(
		`--primary "${text}" is not QUANTILE TRANSPORT PATH: quantiles are p50, p90, p99, p99.9; measured are ${choices}.`,
	);
}
