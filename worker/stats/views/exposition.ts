/** The text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */

export interface Family {
	readonly name: string;
	readonly type: "counter" | "gauge";
	readonly help: string;
	readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** A counter; its name ends in `_total`. */
export function total(name: string, help: string, samples: Family["samples"]): Family {
	return { name, type: "counter", help, samples };
}

export function gauge(name: string, help: string, samples: Family["samples"]): Family {
	return { name, type: "gauge", help, samples };
}

/** The text of all families with samples. */
export function render(families: readonly Family[]): string {
	return families
		.filter(({ samples }) => samples.length > 0)
		.map(({ name, type, help, samples }) => {
			const lines = samples.map(({ labels, value }) => `${name}${rendered(labels)} ${value}\n`);
			return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
		})
		.join("");
}

function rendered(labels: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
	return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
	return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
