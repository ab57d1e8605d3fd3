/** A Redis URL as a person may see it. */

/** The URL without user and password. */
export function nameOf(url: string): string {
	if (!URL.canParse(url)) return "(no URL)";
	const { protocol, host, pathname } = new URL(url);
	return `${protocol}//${host}${pathname}`;
}
