/** The text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */

type Labels = Readonly<Record<string, string>>;

export interface Sample {
	/** What the sample's name adds to the family's: the part of a histogram. */
	readonly suffix?: "_bucket" | "_sum" | "_count";
	readonly labels: Labels;
	readonly value: number;
}

export interface Family {
	readonly name: string;
	readonly type: "counter" | "gauge" | "histogram";
	readonly help: string;
	readonly samples: readonly Sample[];
}

/** A counter; its name ends in `_total`. */
export function total(name: string, help: string, samples: Family["samples"]): Family {
	return { name, type: "counter", help, samples };
}

export function gauge(name: string, help: string, samples: Family["samples"]): Family {
	return { name, type: "gauge", help, samples };
}

/** The observations of one histogram. */
export interface Observations {
	readonly labels: Labels;
	/** In ascending order of the upper bound: the observations above the bound before, up to this one. */
	readonly buckets: readonly { readonly bound: number; readonly count: number }[];
	/** All observations, those above the last bound too, and their sum. */
	readonly count: number;
	readonly sum: number;
}

/** A histogram: each of its buckets contains the smaller ones, and the bucket `+Inf` is the count. */
export function histogram(name: string, help: string, all: readonly Observations[]): Family {
	return { name, type: "histogram", help, samples: all.flatMap(histogramSamples) };
}

function histogramSamples({ labels, buckets, count, sum }: Observations): Sample[] {
	let below = 0;
	const cumulative = buckets.map(({ bound, count: within }): Sample => {
		below += within;
		return { suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: below };
	});
	return [
		...cumulative,
		{ suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
		{ suffix: "_sum", labels, value: sum },
		{ suffix: "_count", labels, value: count },
	];
}

/** The text of all families with samples. */
export function render(families: readonly Family[]): string {
	return families
		.filter(({ samples }) => samples.length > 0)
		.map(({ name, type, help, samples }) => {
			const lines = samples.map(
				({ suffix = "", labels, value }) => `${name}${suffix}${rendered(labels)} ${value}\n`,
			);
			return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
		})
		.join("");
}

function rendered(labels: Labels): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
	return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
	return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
