/** Configurations and requests for tests, made by the real readers, so that each of them could occur in a deployment. */
import { type Config, readConfig } from "../../../worker/config/config.ts";
import type { Pool } from "../../../worker/config/pool.ts";
import { type Isolate, newIsolate } from "../../../worker/isolate.ts";
import type { ClientHeaders } from "../../../worker/request/headers.ts";
import { type ParsedRequest, parseRequest } from "../../../worker/request/url.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The variables of one self-hosted pool "app" with nodes n1, n2 and n3. */
export function variables(pool: Fields = {}, others: Fields = {}): Fields {
	const nodes = ["n1", "n2", "n3"].map((id, i) => ({ id, url: `http://127.0.0.1:${3001 + i}` }));
	return { EDGE_PLATFORM: "workerd", POOL_APP: { nodes, ...pool }, ...others };
}

/** The configuration of the given variables. Throws if they are invalid. */
export function configOf(given: Fields): Config {
	const config = readConfig(given);
	if ("pools" in config) return config;
	throw new Error(config.join("\n"));
}

/** The problems of the given variables. */
export function problemsOf(given: Fields): readonly string[] {
	const config = readConfig(given);
	return "pools" in config ? [] : config;
}

export function poolOf(fields: Fields = {}): Pool {
	return configOf(variables(fields)).pools[0]!;
}

export function isolateOf(fields: Fields = {}, others: Fields = {}): Isolate {
	return newIsolate(configOf(variables(fields, others)));
}

/** The headers of a client that sends none. */
export const NO_HEADERS: ClientHeaders = {
	host: null,
	origin: null,
	upgrade: null,
	cookie: null,
	contentLength: null,
	websocketVersion: null,
	forwardable: {},
};

/** A parsed request for `https://edge.test` and the default Engine.IO path. */
export function parsed(
	method: string,
	path: string,
	upgrade: string | null = null,
	headers: Partial<ClientHeaders> = {},
): ParsedRequest {
	return parsedUrl(`https://edge.test${path}`, { method, upgrade, ...headers });
}

/** The same for any URL and Engine.IO paths. */
export function parsedUrl(
	url: string,
	{ method = "GET", ...headers }: Partial<ClientHeaders> & { method?: string } = {},
	socketPaths: readonly string[] = ["/socket.io/"],
): ParsedRequest {
	const raw = { method, url, secure: url.startsWith("https:"), headers: { ...NO_HEADERS, ...headers } };
	return parseRequest(raw, socketPaths);
}
