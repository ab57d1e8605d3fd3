/** Reading a run's targets: named paths, each with one address or several. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Path } from "./load-group.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** A run's paths from the URL argument or from `--paths`. Throws a UsageError. */
export function pathsFrom(
	url: string | undefined,
	given: string | readonly Path[] | undefined,
): readonly Path[] {
	if (url !== undefined && given !== undefined)
		throw new UsageError("URL and --paths are both given; give one of them.");
	if (url !== undefined) return [{ name: "target", urls: [targetUrl(url, "URL")] }];
	if (typeof given === "string") return parsePaths(given);
	if (given === undefined || given.length === 0)
		throw new UsageError("no target; give a URL, or --paths direct=URL,edge=URL.");
	return given;
}

/** Reads `direct=URL,direct=URL2,edge=URL`; a repeated name adds an address. Throws a UsageError. */
export function parsePaths(text: string): Path[] {
	const paths = new Map<string, string[]>();
	for (const part of text.split(",")) {
		const cut = part.indexOf("=");
		const name = part.slice(0, Math.max(0, cut)).trim();
		if (!NAME.test(name))
			throw new UsageError(
				`--paths ${masked(part)}: write NAME=URL, for example direct=https://localhost:3004,edge=https://localhost:8443.`,
			);
		paths.set(name, [...(paths.get(name) ?? []), targetUrl(part.slice(cut + 1), `--paths ${name}`)]);
	}
	return [...paths].map(([name, urls]) => ({ name, urls }));
}

/** A target's address, normalised. Throws a UsageError that begins with `where`. */
export function targetUrl(text: string, where: string): string {
	let url: URL;
	try {
		url = new URL(text.trim());
	} catch {
		throw new UsageError(`${where}: "${masked(text)}" is not a URL; write one like https://localhost:8443.`);
	}
	if (url.protocol === "ws:") url.protocol = "http:";
	if (url.protocol === "wss:") url.protocol = "https:";
	if (url.protocol !== "http:" && url.protocol !== "https:")
		throw new UsageError(
			`${where}: "${masked(text)}" is not an http or https address; write one like https://localhost:8443.`,
		);
	if (url.username !== "" || url.password !== "")
		throw new UsageError(
			`${where}: the result file would hold the URL's password; use --header or --auth instead.`,
		);
	return url.href;
}

/** A URL without its password and without the values of its query, for results and messages. */
export function masked(url: string): string {
	const [address = "", query] = url.split(/\?(.*)/s);
	const open = address.replace(/(^|\/\/)[^/]*@/, "$1…@");
	if (query === undefined) return open;
	const names = query
		.replace(/#.*$/s, "")
		.split("&")
		.map((part) => `${part.split("=")[0]}=…`);
	return `${open}?${names.join("&")}`;
}

/** The query parameters of a target's URL. */
export function queryOf(url: string): Record<string, string> {
	return Object.fromEntries(new URL(url).searchParams);
}

/** `host:port` of a URL, as `--resolve` names it. */
export function hostPort(url: string): string {
	const { hostname, port, protocol } = new URL(url);
	return `${hostname.toLowerCase()}:${port || (protocol === "https:" ? 443 : 80)}`;
}

/** Whether an address is this host's loopback. */
export function isLoopback(url: string): boolean {
	const { hostname } = new URL(url);
	return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether an address is loopback and can be reached from a 127.x source address. */
export function isLoopback4(url: string): boolean {
	return isLoopback(url) && new URL(url).hostname !== "[::1]";
}
