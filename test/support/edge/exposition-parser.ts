/** A strict reader of Prometheus's text format 0.0.4, which refuses what `promtool check metrics` refuses. */

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

/** Every series. Throws at the first line that breaks a rule, and names it. */
export function parseExposition(text: string): Series[] {
	if (!text.endsWith("\n")) throw new Error("the last line is not ended");
	const series: Series[] = [];
	const closed = new Set<string>();
	const seen = new Set<string>();
	let family: { name: string; help: boolean; type: string } | null = null;
	for (const line of text.slice(0, -1).split("\n")) {
		const [, keyword, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
		if (keyword === "HELP") {
			if (family !== null) closed.add(family.name);
			if (closed.has(name!)) throw new Error(`family ${name} stands in two places`);
			family = { name: name!, help: true, type: "" };
		} else if (keyword === "TYPE") {
			if (family?.name !== name || family?.type !== "") throw new Error(`TYPE without its HELP: ${line}`);
			if (!["counter", "gauge"].includes(rest!)) throw new Error(`type not known: ${line}`);
			if ((rest === "counter") !== name!.endsWith("_total"))
				throw new Error(`a counter ends in _total: ${line}`);
			family.type = rest!;
		} else {
			const [, sample, labels = ""] = SAMPLE.exec(line) ?? [];
			if (sample === undefined) throw new Error(`not a sample: ${line}`);
			if (family === null || sample !== family.name || family.type === "")
				throw new Error(`outside its family: ${line}`);
			const key = `${sample}{${labels}}`;
			if (seen.has(key)) throw new Error(`twice: ${key}`);
			seen.add(key);
			const pairs = [...labels.matchAll(new RegExp(LABEL, "g"))].map(
				([, label, value]) => [label!, value!] as const,
			);
			if (new Set(pairs.map(([label]) => label)).size !== pairs.length)
				throw new Error(`a label twice: ${line}`);
			series.push({
				name: sample,
				labels: Object.fromEntries(pairs),
				value: Number(line.slice(line.lastIndexOf(" ") + 1)),
			});
		}
	}
	return series;
}
