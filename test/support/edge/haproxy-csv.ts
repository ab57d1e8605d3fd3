/** A parser for HAProxy's CSV that works like its exporters: by header names, and strict about the number of fields. */

/** The rows, by field name. Throws on anything that HAProxy would not write. */
export function parseHaproxyCsv(text: string): Record<string, string>[] {
	const [head = "", ...lines] = text.trimEnd().split("\n");
	if (!head.startsWith("# ")) throw new Error('the header does not begin with "# "');
	const names = cells(head.slice(2));
	return lines
		.filter((line) => line !== "")
		.map((line, i) => {
			const values = cells(line);
			if (values.length !== names.length)
				throw new Error(`row ${i + 1} has ${values.length} fields, but the header has ${names.length}`);
			return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
		});
}

/** The fields of a line, which ends in a comma; a field with a comma or quote is quoted (RFC 4180). */
function cells(line: string): string[] {
	const found: string[] = [];
	for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g))
		found.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
	if (found.length === 0 || !line.endsWith(",")) throw new Error(`no comma at the end: ${line.slice(0, 60)}`);
	return found;
}
