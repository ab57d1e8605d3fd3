/** The HTML document around every page: strict content policy, style, and the data it was made from. */
import { createHash } from "node:crypto";
import { asMarkup, type Markup, markup } from "./markup.ts";
import { styleSheet } from "./style.ts";

/** The id of the script element that carries the data; `embedded.ts` reads it back. */
export const DATA_ID = "sticky-edge-data";

/** A page's parts. `scripts` run in order; the page must be whole without them. */
export interface Page {
	title: string;
	body: Markup;
	data: unknown;
	styles: string[];
	scripts: string[];
}

/** One self-contained file: nothing is loaded, and only the scripts and styles written here may act. */
export function document(page: Page): string {
	const styles = [styleSheet(), ...page.styles];
	const policy = [
		"default-src 'none'",
		`style-src ${styles.map(hashOf).join(" ")}`,
		page.scripts.length > 0 ? `script-src ${page.scripts.map(hashOf).join(" ")}` : "script-src 'none'",
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	const head = markup`<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${page.title}</title>`;
	return `<!doctype html>
<html lang="en">
<head>${head}${styles.map((style) => `<style>${style}</style>`).join("")}</head>
<body><main>${page.body}</main>
<script type="application/json" id="${DATA_ID}">${inScript(JSON.stringify(page.data))}</script>
${page.scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** JSON that cannot end the script element it stands in, nor open a comment there. */
function inScript(json: string): Markup {
	return asMarkup(json.replaceAll("<", "\\u003c"));
}

function hashOf(text: string): string {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
