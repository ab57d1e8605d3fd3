/** Redis URLs: their form, and how to show one without its password. */

/** Whether `url` has the form of a Redis URL. */
export function isRedisUrl(url: string): boolean {
	return /^rediss?:\/\/[^\s]+$/.test(url);
}

/** The URL without user name and password. */
export function withoutCredentials(url: string): string {
	if (!URL.canParse(url)) return "(not a URL)";
	const { protocol, host, pathname } = new URL(url);
	return `${protocol}//${host}${pathname}`;
}
