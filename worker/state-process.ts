/** The entry of a self-hosted state process: the Durable Objects alone, for edges of several processes. */
import type { Env } from "./env.ts";
import { askShared, type Shared } from "./state.ts";

export { Monitor } from "./health/monitor.ts";
export { Ledger } from "./stats/ledger.ts";

export default {
	/** `http://state/<object>/<path>`, as state.ts asks it. */
	async fetch(request, env): Promise<Response> {
		const url = new URL(request.url);
		const [, which, ...rest] = url.pathname.split("/");
		return askShared(env, which as Shared, `/${rest.join("/")}${url.search}`, request);
	},
} satisfies ExportedHandler<Env>;
