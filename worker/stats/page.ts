import type { Statistics } from "./statistics.ts";
export function pageOf(statistics: Statistics): { html: string; nonce: string } {
	return { html: `<pre>${JSON.stringify(statistics, null, 1)}</pre>`, nonce: crypto.randomUUID() };
}
