import { expect, test } from "vitest";
import { renderPage } from "../../../origin/demo/page/page.ts";
import { script } from "../../../origin/demo/page/script.ts";

test("the page shows its node and loads only the client script of the node", () => {
	const html = renderPage("n2");
	expect(html).toContain("<b>n2</b>");
	const loaded = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*"?([^")\s>]+)/g)].map((found) => found[1]);
	expect(loaded).toEqual(["/socket.io/socket.io.min.js"]);
});

test("the page's script is valid JavaScript and uses only elements that the page has", () => {
	expect(() => new Function(script)).not.toThrow();
	const html = renderPage("n1");
	const ids = [...script.matchAll(/\$\("([a-z]+)"\)/g)].map((found) => found[1]);
	expect(ids.length).toBeGreaterThan(5);
	for (const id of ids) expect(html).toContain(`id="${id}"`);
});
