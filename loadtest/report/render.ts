/** One result in one format, as a string. */
import type { Result } from "../record/result.ts";
import { reportCsv } from "./csv.ts";
import { reportJson } from "./json.ts";
import { reportJunit } from "./junit.ts";
import { reportPage } from "./page/page.ts";
import { reportMarkdown, reportText } from "./text.ts";

const RENDERERS = {
	text: reportText,
	markdown: reportMarkdown,
	html: reportPage,
	json: reportJson,
	csv: reportCsv,
	junit: reportJunit,
} satisfies Record<string, (result: Result) => string>;

export type ReportFormat = keyof typeof RENDERERS;
export const REPORT_FORMATS = Object.keys(RENDERERS) as ReportFormat[];

/** The report as text, ends with a newline. Pure: the same result gives the same string. */
export function renderReport(result: Result, format: ReportFormat): string {
	return RENDERERS[format](result);
}
