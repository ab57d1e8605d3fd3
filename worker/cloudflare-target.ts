/** What works under plain workerd and fails on Cloudflare, found before it is deployed. */
import type { Pool } from "./pool.ts";

/** Bytes a variable may have (developers.cloudflare.com, Workers limits). */
const LARGEST_VARIABLE = 5 * 1024;

/** https ports that Cloudflare's proxy forwards (network ports); on others only unproxied hosts answer. */
const PORTS = new Set(["", "2053", "2083", "2087", "2096", "8443"]);

/** Adds a sentence for each variable that is too large and each node that a Worker on Cloudflare cannot reach. */
export function checkCloudflare(
	variables: Readonly<Record<string, unknown>>,
	pools: readonly Pool[],
	problems: string[],
): void {
	for (const [name, value] of Object.entries(variables)) checkSize(name, value, problems);
	for (const pool of pools)
		for (const node of pool.nodes)
			checkUrl(new URL(node.url), `${pool.variable}.nodes[${node.index}].url`, problems);
}

function checkSize(name: string, value: unknown, problems: string[]): void {
	if (name !== "EDGE" && name !== "ROUTES" && !name.startsWith("POOL_")) return;
	const bytes = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).length;
	if (bytes > LARGEST_VARIABLE)
		problems.push(
			`${name}: ${bytes} bytes as JSON, and Cloudflare takes ${LARGEST_VARIABLE} a variable; split its nodes over several pools`,
		);
}

function checkUrl(url: URL, at: string, problems: string[]): void {
	const named = `"${url.origin}"`;
	if (/^[\d.]+$/.test(url.hostname) || url.hostname.startsWith("["))
		problems.push(
			`${at}: ${named} is an IP address, which Workers cannot fetch (error 1003); give the node a host name, or a Tunnel`,
		);
	else if (url.protocol === "http:")
		problems.push(
			`${at}: ${named} would cross the public internet in plain text; write https://, or give the node a Tunnel`,
		);
	else if (!PORTS.has(url.port))
		problems.push(
			`${at}: port ${url.port} is not one that Cloudflare forwards; use 443, 2053, 2083, 2087, 2096 or 8443, or a Tunnel`,
		);
}
