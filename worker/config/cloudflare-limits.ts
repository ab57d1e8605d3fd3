/**
 * Settings that work on plain workerd but fail on Cloudflare, reported before a deploy. The Worker itself does not check
 * them, which keeps it small.
 */
import { type Config, readConfig } from "./config.ts";
import { oneOf } from "./fields.ts";

/** The size limit of one variable (developers.cloudflare.com, Workers limits). */
const MAX_VARIABLE_BYTES = 5 * 1024;

/** https ports that Cloudflare forwards to proxied hosts (developers.cloudflare.com, network ports). */
const FORWARDED_PORTS = new Set(["", "2053", "2083", "2087", "2096", "8443"]);

/** Location hints for Durable Objects (developers.cloudflare.com, data location). Without one, or with "", they are near the first request. */
const LOCATIONS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;

/** The configuration's own problems; or, if there are none, its problems on Cloudflare. */
export function deployProblems(variables: object): readonly string[] {
	const config = readConfig(variables);
	if (!("pools" in config)) return config;
	return config.platform === "cloudflare" ? cloudflareProblems(variables, config) : [];
}

/** Each variable that is too large, and each node that a Worker on Cloudflare cannot reach. */
function cloudflareProblems(variables: object, { pools }: Config): string[] {
	const problems: string[] = [];
	const location = (variables as Record<string, unknown>)["EDGE_LOCATION"] || undefined;
	oneOf(LOCATIONS)(location, "EDGE_LOCATION", problems);
	for (const [name, value] of Object.entries(variables)) checkSize(name, value, problems);
	for (const pool of pools)
		for (const node of pool.nodes)
			checkUrl(new URL(node.url), `${pool.variable}.nodes[${node.index}].url`, problems);
	return problems;
}

function checkSize(name: string, value: unknown, problems: string[]): void {
	if (name !== "EDGE" && name !== "ROUTES" && !name.startsWith("POOL_")) return;
	const bytes = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).length;
	if (bytes > MAX_VARIABLE_BYTES)
		problems.push(
			`${name}: ${bytes} bytes as JSON, and Cloudflare allows ${MAX_VARIABLE_BYTES} per variable; split its nodes over several pools`,
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
			`${at}: ${named} crosses the public internet in plain text; write https://, or give the node a Tunnel`,
		);
	else if (!FORWARDED_PORTS.has(url.port))
		problems.push(
			`${at}: Cloudflare does not forward port ${url.port}; use 443, 2053, 2083, 2087, 2096 or 8443, or a Tunnel`,
		);
}
