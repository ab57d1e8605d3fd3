/** HTML and SVG as strings in which every inserted value is escaped, unless it is markup already. */
import { html, raw } from "hono/html";

/** A piece of finished, escaped markup. */
export type Markup = ReturnType<typeof raw>;

/** A template whose values are escaped; arrays and nested markup are joined as they are. */
export function markup(strings: TemplateStringsArray, ...values: unknown[]): Markup {
	// hono returns a promise only where a value is one, which never happens here.
	return html(strings, ...values) as Markup;
}

/** Text that is markup already and must not be escaped again. */
export function asMarkup(text: string): Markup {
	return raw(text);
}
