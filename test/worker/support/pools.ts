/** Configurations for tests, through the real reader: what a test holds is what a deployment could hold. */
import { type Config, readConfig } from "../../../worker/config.ts";
import { type Edge, newEdge } from "../../../worker/edge.ts";
import type { Pool } from "../../../worker/pool.ts";
import { classify } from "../../../worker/request/classify.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The variables of one pool "app" with nodes n1, n2, n3, self-hosted. */
export function variables(pool: Fields = {}, others: Fields = {}): Fields {
	const nodes = ["n1", "n2", "n3"].map((id, i) => ({ id, url: `http://127.0.0.1:${3001 + i}` }));
	return { EDGE_PLATFORM: "workerd", POOL_APP: { nodes, ...pool }, ...others };
}

/** The config they make; throws what is wrong with them. */
export function configOf(given: Fields): Config {
	const config = readConfig(given);
	if ("pools" in config) return config;
	throw new Error(config.join("\n"));
}

/** The problems they have. */
export function problemsOf(given: Fields): readonly string[] {
	const config = readConfig(given);
	return "pools" in config ? [] : config;
}

export function poolOf(fields: Fields = {}): Pool {
	return configOf(variables(fields)).pools[0]!;
}

export function edgeOf(fields: Fields = {}, others: Fields = {}): Edge {
	return newEdge(configOf(variables(fields, others)));
}

/** A request as read, for `https://edge.test` and the default Engine.IO path. */
export function asked(method: string, path: string, upgrade: string | null = null) {
	return classify(method, `https://edge.test${path}`, upgrade, ["/socket.io/"]);
}
