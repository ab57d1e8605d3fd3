/** A strict parser for Prometheus's text format 0.0.4, which rejects the same errors as `promtool check metrics`. */

export interface Series {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"';
const SAMPLE = new RegExp(
	`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)$`,
);

/** All series. Throws an error that names the first invalid line. */
export function parseExposition(text: string): Series[] {
	if (!text.endsWith("\n")) throw new Error("the last line has no newline");
	const series: Series[] = [];
	const closed = new Set<string>();
	const seen = new Set<string>();
	let family: { name: string; help: boolean; type: string } | null = null;
	for (const line of text.slice(0, -1).split("\n")) {
		const [, keyword, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
		if (keyword === "HELP") {
			if (family !== null) closed.add(family.name);
			if (closed.has(name!)) throw new Error(`family ${name} occurs in two places`);
			family = { name: name!, help: true, type: "" };
		} else if (keyword === "TYPE") {
			if (family?.name !== name || family?.type !== "") throw new Error(`TYPE without its HELP: ${line}`);
			if (!["counter", "gauge"].includes(rest!)) throw new Error(`unknown type: ${line}`);
			if ((rest === "counter") !== name!.endsWith("_total"))
				throw new Error(`counters, and only counters, end in _total: ${line}`);
			family.type = rest!;
		} else {
			const [, sample, labels = ""] = SAMPLE.exec(line) ?? [];
			if (sample === undefined) throw new Error(`not a sample: ${line}`);
			if (family === null || sample !== family.name || family.type === "")
				throw new Error(`sample outside its family: ${line}`);
			const key = `${sample}{${labels}}`;
			if (seen.has(key)) throw new Error(`duplicate series: ${key}`);
			seen.add(key);
			const pairs = [...labels.matchAll(new RegExp(LABEL, "g"))].map(
				([, label, value]) => [label!, value!] as const,
			);
			if (new Set(pairs.map(([label]) => label)).size !== pairs.length)
				throw new Error(`duplicate label: ${line}`);
			series.push({
				name: sample,
				labels: Object.fromEntries(pairs),
				value: Number(line.slice(line.lastIndexOf(" ") + 1)),
			});
		}
	}
	return series;
}
