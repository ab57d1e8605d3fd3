/** One comparison in one format, as a string. */
import type { Comparison } from "./assemble.ts";
import { comparisonJson } from "./json.ts";
import { comparisonJunit } from "./junit.ts";
import { comparisonPage } from "./page/page.ts";
import { comparisonMarkdown, comparisonText } from "./text.ts";

const RENDERERS = {
	text: comparisonText,
	markdown: comparisonMarkdown,
	html: comparisonPage,
	json: comparisonJson,
	junit: comparisonJunit,
} satisfies Record<string, (comparison: Comparison) => string>;

export type ComparisonFormat = keyof typeof RENDERERS;
export const COMPARISON_FORMATS = Object.keys(RENDERERS) as ComparisonFormat[];

/** The comparison as text, ends with a newline. Pure. */
export function renderComparison(comparison: Comparison, format: ComparisonFormat): string {
	return RENDERERS[format](comparison);
}
