/** The primary metrics: only these few are tested, because among many figures some differ by chance. */
import { UsageError } from "../../worker/command-line/command.ts";
import { QUANTILE_LIST, type QuantileName, quantileNamed } from "../report/values/quantile.ts";
import type { Pairing } from "./pairing.ts";

/** One quantile of one pairing. */
export interface Primary {
	pair: Pairing;
	quantile: QuantileName;
}

/** p50 and p99 of one pairing: websocket if it was measured, on the last path (usually the edge). */
export function defaultPrimaries(pairs: readonly Pairing[]): Primary[] {
	const pair = pairs.filter((each) => each.transport === "websocket").at(-1) ?? pairs.at(-1);
	return pair === undefined
		? []
		: [
				{ pair, quantile: "p50" },
				{ pair, quantile: "p99" },
			];
}

/** Reads `p99 websocket edge, p50 polling edge`; the path may be omitted where there is only one. */
export function parsePrimaries(text: string, pairs: readonly Pairing[]): Primary[] {
	const primaries = text.split(",").map((part) => parsePrimary(part.trim(), pairs));
	const names = primaries.map(({ pair, quantile }) => `${quantile} ${pair.name}`);
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined) throw new UsageError(`--primary names ${twice} twice: name it once.`);
	return primaries;
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
		`--primary "${text}" is not QUANTILE TRANSPORT PATH: the quantiles are ${QUANTILE_LIST}; the runs measured ${choices}.`,
	);
}
