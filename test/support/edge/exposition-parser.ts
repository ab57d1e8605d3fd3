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
const HISTOGRAM_PARTS = ["_bucket", "_sum", "_count"];

interface Family {
	readonly name: string;
	type: string;
	readonly series: Series[];
}

/** All series. Throws an error that names the first invalid line. */
export function parseExposition(text: string): Series[] {
	if (!text.endsWith("\n")) throw new Error("the last line has no newline");
	const families: Family[] = [];
	const seen = new Set<string>();
	for (const line of text.slice(0, -1).split("\n")) {
		const family = families.at(-1);
		const [, keyword, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
		if (keyword === "HELP") {
			if (families.some((each) => each.name === name)) throw new Error(`family ${name} occurs in two places`);
			families.push({ name: name!, type: "", series: [] });
		} else if (keyword === "TYPE") {
			if (family?.name !== name || family?.type !== "") throw new Error(`TYPE without its HELP: ${line}`);
			if (!["counter", "gauge", "histogram"].includes(rest!)) throw new Error(`unknown type: ${line}`);
			if ((rest === "counter") !== name!.endsWith("_total"))
				throw new Error(`counters, and only counters, end in _total: ${line}`);
			family.type = rest!;
		} else {
			const { key, ...series } = parseSample(line);
			if (family === undefined || !namesOf(family).includes(series.name))
				throw new Error(`sample outside its family: ${line}`);
			if (seen.has(key)) throw new Error(`duplicate series: ${key}`);
			seen.add(key);
			family.series.push(series);
		}
	}
	for (const family of families) if (family.type === "histogram") checkHistograms(family);
	return families.flatMap(({ series }) => series);
}

function parseSample(line: string): Series & { readonly key: string } {
	const [, name, labels = ""] = SAMPLE.exec(line) ?? [];
	if (name === undefined) throw new Error(`not a sample: ${line}`);
	const pairs = [...labels.matchAll(new RegExp(LABEL, "g"))].map(
		([, label, value]) => [label!, value!] as const,
	);
	if (new Set(pairs.map(([label]) => label)).size !== pairs.length)
		throw new Error(`duplicate label: ${line}`);
	return {
		key: `${name}{${labels}}`,
		name,
		labels: Object.fromEntries(pairs),
		value: numberOf(line.slice(line.lastIndexOf(" ") + 1)),
	};
}

/** The names that the samples of a family may have; none before its type is known. */
function namesOf({ name, type }: Family): readonly string[] {
	if (type === "histogram") return HISTOGRAM_PARTS.map((part) => name + part);
	return type === "" ? [] : [name];
}

/** Each histogram of a family: buckets in ascending order, each of which contains the one before, then +Inf, which is the count. */
function checkHistograms({ name, series }: Family): void {
	const histograms = new Map<string, Series[]>();
	for (const each of series) {
		const { le: _, ...labels } = each.labels;
		const key = JSON.stringify(labels);
		histograms.set(key, [...(histograms.get(key) ?? []), each]);
	}
	for (const [labels, parts] of histograms) {
		const fail = (why: string) => new Error(`histogram ${name} ${labels}: ${why}`);
		const buckets = parts.filter((each) => each.name === `${name}_bucket`);
		const others = parts.filter((each) => each.name !== `${name}_bucket`);
		if (others.some((each) => "le" in each.labels)) throw fail("le outside a bucket");
		const count = others.find((each) => each.name === `${name}_count`);
		if (count === undefined || others.length !== 2) throw fail("no sum or no count");
		for (const [i, { labels: own, value }] of buckets.entries()) {
			const before = buckets[i - 1];
			if (own["le"] === undefined) throw fail("a bucket without le");
			if (Number.isNaN(numberOf(own["le"]))) throw fail(`le="${own["le"]}" is not a number`);
			if (before === undefined) continue;
			if (numberOf(before.labels["le"]!) >= numberOf(own["le"]))
				throw fail(`le="${own["le"]}" is out of order`);
			if (before.value > value) throw fail(`le="${own["le"]}" does not contain the bucket before`);
		}
		const last = buckets.at(-1);
		if (last?.labels["le"] !== "+Inf") throw fail('the last bucket is not le="+Inf"');
		if (last.value !== count.value) throw fail('le="+Inf" is not the count');
	}
}

/** A value or a bound as the format writes it. */
function numberOf(text: string): number {
	return Number(text.replace(/Inf$/, "Infinity"));
}
