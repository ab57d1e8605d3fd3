/** The configuration: read from the Worker's variables and checked once. Afterwards no value is missing. */
import { addressRange } from "./addresses.ts";
import { decodeVariable, list, oneOf, type Read, record, text, wholeNumber } from "./fields.ts";
import { type Host, parseHost } from "./hosts.ts";
import { decodePath } from "./paths.ts";
import { type Pool, readPool } from "./pool.ts";

const settings = record({
	/** Plain http: "always" answers 308 to https; "except-loopback" serves http there; "never" serves it anywhere. */
	redirect: oneOf(["always", "except-loopback", "never"]),
	/** Seconds of Strict-Transport-Security (RFC 6797); keep it small until https works for everybody; 0 = not sent; never sent on loopback. */
	hsts: wholeNumber(0, 63_072_000, 300),
	/** Percentage of requests logged, apart from errors and new sessions, which are always logged. */
	log_percent: wholeNumber(0, 100, 1),
	/** The client in log lines: its network (IPv4 /24, IPv6 /48), nothing, or the whole address. */
	log_client: oneOf(["prefix", "none", "full"]),
	/** Self-hosted behind another proxy: the addresses or CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are trusted. */
	trusted_proxies: list(addressRange),
});

const routeShape = record({
	host: text(/^/, "", ""),
	path: text(/^\/[^?#]*$/, 'write a path prefix that begins with a slash, as "/chat/"', "/"),
	pool: text(/^[a-z][a-z0-9_]*$/, "write the name of a pool: app for POOL_APP"),
});

export type Settings = Read<typeof settings>;

/** Requests to `host` (null = any; without a port: at any port) below `path` go to `pool`. */
export interface Route {
	readonly host: Host | null;
	/** Percent-decoded, as the paths of requests are for comparing. */
	readonly path: string;
	readonly pool: Pool;
}

export interface Config {
	readonly platform: "cloudflare" | "workerd";
	readonly settings: Settings;
	readonly pools: readonly Pool[];
	/** The most specific first: a named host before any host, a longer path before a shorter one. */
	readonly routes: readonly Route[];
	/** The distinct Engine.IO paths of all pools, the longest first. */
	readonly socketPaths: readonly string[];
	/** The port in redirects to https, as clients reach it: ":8443", or "" for 443. */
	readonly httpsPort: string;
	/** "" = not sent. */
	readonly nodeSecret: string;
	/** "" = every path under `/__edge/` answers 404. */
	readonly token: string;
}

/** Reads and checks all variables. Returns the config, or one sentence per problem that names field, value and fix. */
export function readConfig(variables: object): Config | readonly string[] {
	const given = variables as Readonly<Record<string, unknown>>;
	const problems: string[] = [];
	const platform = oneOf(["cloudflare", "workerd"])(given["EDGE_PLATFORM"], "EDGE_PLATFORM", problems);
	const pools = Object.keys(given)
		.filter((name) => name.startsWith("POOL_"))
		.map((name, index) => readPool(name, given[name], index, problems));
	if (pools.length === 0)
		problems.push(
			'POOL_APP: no pool is configured; add [vars.POOL_APP] with nodes = [{ id = "n1", url = "https://…" }]',
		);
	checkUnique(pools, problems);
	const routes = readRoutes(given["ROUTES"], pools, problems);
	const ownPort = readPort(given, "EDGE_HTTPS_PORT", problems);
	const publicPort = readPort(given, "EDGE_PUBLIC_HTTPS_PORT", problems);
	const httpsPort = publicPort === "" ? ownPort : publicPort;
	const config: Config = {
		platform,
		settings: settings(given["EDGE"], "EDGE", problems),
		pools,
		routes,
		socketPaths: [...new Set(pools.map((pool) => pool.socketPath))].sort((a, b) => b.length - a.length),
		httpsPort: httpsPort === "" || httpsPort === "443" ? "" : `:${httpsPort}`,
		nodeSecret: secret(given["EDGE_NODE_SECRET"], "EDGE_NODE_SECRET", problems),
		token: token(given["EDGE_TOKEN"], problems),
	};
	return problems.length > 0 ? problems : config;
}

/** A secret, whose value never appears in a message. */
function secret(value: unknown, at: string, problems: string[]): string {
	if (value === undefined || value === null) return "";
	if (typeof value === "string" && !/[^\x21-\x7e]/.test(value)) return value;
	problems.push(`${at}: not usable; write text of printable ASCII characters without spaces`);
	return "";
}

/** The shortest token. Chosen at random from 64 characters it has 48 bits, which cannot be guessed over the network. */
const MIN_TOKEN_CHARACTERS = 8;

function token(value: unknown, problems: string[]): string {
	const given = secret(value, "EDGE_TOKEN", problems);
	if (given !== "" && given.length < MIN_TOKEN_CHARACTERS)
		problems.push(
			`EDGE_TOKEN: shorter than ${MIN_TOKEN_CHARACTERS} characters; generate one, for example with: openssl rand -base64 24`,
		);
	return given;
}

/** A port as text; "" when it is missing. */
function readPort(given: Readonly<Record<string, unknown>>, name: string, problems: string[]): string {
	const fix = 'write a port from 1 to 65535 as text, such as "8443"';
	const port = text(/^$|^[1-9]\d{0,4}$/, fix, "")(given[name], name, problems);
	if (Number(port) > 65_535) problems.push(`${name}: "${port}"; ${fix}`);
	return port;
}

function readRoutes(given: unknown, pools: readonly Pool[], problems: string[]): Route[] {
	const rows = list(routeShape)(decodeVariable(given), "ROUTES", problems);
	if (rows.length === 0 && pools.length > 1)
		problems.push(
			'ROUTES: missing; with more than one pool each needs a route, as { path = "/chat/", pool = "chat" }',
		);
	const routes: Route[] = [];
	for (const [i, row] of rows.entries()) {
		const pool = pools.find((each) => each.name === row.pool);
		const host = row.host === "" ? null : parseHost(row.host);
		if (row.host !== "" && host === null)
			problems.push(
				`ROUTES[${i}].host: ${JSON.stringify(row.host)} is not a host; write a host name, with its port if it has one, as "chat.example.com"`,
			);
		if (pool) routes.push({ host, path: decodePath(row.path), pool });
		else if (row.pool !== "")
			problems.push(
				`ROUTES[${i}].pool: "${row.pool}" is not a pool; the pools are ${pools.map((p) => p.name).join(", ")}`,
			);
	}
	const only = pools[0];
	if (rows.length === 0 && only) routes.push({ host: null, path: "/", pool: only });
	return routes.sort(
		(a, b) => Number(b.host !== null) - Number(a.host !== null) || b.path.length - a.path.length,
	);
}

/**
 * Pools need names of their own (POOL_APP and POOL_app would both be "app"). Ids and tags must be unique over all pools: a
 * tag names one node, whatever pool a request is routed to.
 */
function checkUnique(pools: readonly Pool[], problems: string[]): void {
	const owners = new Map<string, string>();
	const claim = (what: string, owner: string, fix: string) => {
		const other = owners.get(what);
		if (other) problems.push(`${owner}: its ${what} is also that of ${other}; ${fix}`);
		owners.set(what, owner);
	};
	for (const { variable, name, nodes } of pools) {
		claim(`name "${name}"`, variable, "rename one");
		for (const { id, tag } of nodes) {
			const node = `${variable} node ${id}`;
			claim(`id ${id}`, node, "rename one");
			claim(`tag ${tag}`, node, 'give one of them another id, or a tag of its own, as tag = "aa1"');
		}
	}
}
