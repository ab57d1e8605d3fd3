/** Entry of the self-hosted state process: only the Durable Objects, which the edge process reaches through a Unix socket. */
import { type DurableObjectName, forwardToDurableObject } from "./durable-objects.ts";
import type { Env } from "./env.ts";

export { Monitor } from "./health/monitor.ts";
export { Ledger } from "./stats/ledger.ts";

export default {
	/** Takes `http://state/<object>/<path>`, the form that durable-objects.ts sends. */
	async fetch(request, env): Promise<Response> {
		const url = new URL(request.url);
		const [, object, ...rest] = url.pathname.split("/");
		return forwardToDurableObject(
			env,
			object as DurableObjectName,
			`/${rest.join("/")}${url.search}`,
			request,
		);
	},
} satisfies ExportedHandler<Env>;
