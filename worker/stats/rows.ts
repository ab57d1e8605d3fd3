/** Statistics as rows: what every face of them is made from. */
import { TRAFFICS } from "../contract.ts";
import type { Edge } from "../edge.ts";
import { countsOf, FRONT_COUNTED } from "./counters.ts";

/** One row a pool and kind of traffic, as this isolate counted since `since` (epoch ms). */
export function statsRows(edge: Edge) {
	return {
		since: new Date(edge.counters.since).toISOString(),
		frontend: Object.fromEntries(FRONT_COUNTED.map((name, i) => [name, edge.counters.front[i]!])),
		backends: edge.config.pools.flatMap((pool) =>
			TRAFFICS.map((traffic) => ({
				name: `${pool.name}_${traffic}`,
				...countsOf(edge.counters, pool.index, traffic),
			})),
		),
		nodes: edge.config.pools.flatMap((pool) =>
			pool.nodes.map((node) => ({
				pool: pool.name,
				node: node.id,
				tag: node.tag,
				newSessions: edge.known[pool.index]!.picks[node.index]!,
			})),
		),
	};
}
