/** The queries of a Grafana dashboard, and the metrics and labels they use. */
import { readFileSync } from "node:fs";

/** Every query of a dashboard in origin/grafana, with the title of its panel. */
export function boardQueries(file: string): { title: string; query: string }[] {
	const text = readFileSync(new URL(`../../../origin/grafana/${file}`, import.meta.url), "utf8");
	const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
	return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, query: expr })));
}

/** The names of the metrics in a query. */
export function metricsOf(query: string): string[] {
	return query.match(/\b(?:sticky|haproxy|nodejs|process)_[a-z0-9_]+/g) ?? [];
}

/** The names of the labels that a query selects or groups by. */
export function labelsOf(query: string): string[] {
	const selected = [...query.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner]) => (inner ?? "").split(","));
	const grouped = [...query.matchAll(/(?:by|on) \(([^)]*)\)/g)].flatMap(([, inner]) =>
		(inner ?? "").split(","),
	);
	return [...selected, ...grouped]
		.map((part) => part.split(/[=!]/)[0]?.trim() ?? "")
		.filter((name) => name !== "");
}

/** The metrics in Prometheus's text format, with the labels of each. */
export function exposed(text: string): Map<string, Set<string>> {
	const all = new Map(
		[...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => [String(name), new Set<string>()]),
	);
	for (const [, name, labels] of text.matchAll(/^([a-z0-9_]+)\{([^}]*)\}/gm))
		for (const [, label] of (labels ?? "").matchAll(/(\w+)="/g)) all.get(String(name))?.add(String(label));
	return all;
}
