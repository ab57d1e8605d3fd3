/** The HTML document around every page: strict content policy, style sheet, and the data the page was made from. */
import { createHash } from "node:crypto";
import { asMarkup, type Markup, markup } from "./markup.ts";
import { styleSheet } from "./style.ts";

/** The id of the script element that carries the data; `readable.ts` reads it back. */
export const DATA_ID = "sticky-edge-data";

/** A page's parts. `data` is embedded as JSON, so that the page can be read like a result file. */
export interface Page {
	title: string;
	body: Markup;
	data: unknown;
}

/** One self-contained file: it loads nothing, runs no script, and applies only the style sheet written here. */
export function htmlDocument(page: Page): string {
	const style = styleSheet();
	const policy = [
		"default-src 'none'",
		`style-src ${hashOf(style)}`,
		"script-src 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	const head = markup`<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${page.title}</title>`;
	return `<!doctype html>
<html lang="en">
<head>${head}<style>${style}</style></head>
<body><main>${page.body}</main>
<script type="application/json" id="${DATA_ID}">${inScript(JSON.stringify(page.data))}</script>
</body>
</html>
`;
}

/** JSON that can neither end the script element around it nor open a comment in it. */
function inScript(json: string): Markup {
	return asMarkup(json.replaceAll("<", "\\u003c"));
}

function hashOf(text: string): string {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
