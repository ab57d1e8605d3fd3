/** The Worker's entry: classify, then route, guard, stick, choose and forward (proxy.ts), then count. */
import { cors, edgeError } from "./answers.ts";
import { app, OWN_PATH } from "./app.ts";
import type { Arrival } from "./arrival.ts";
import { edgeOf } from "./edge.ts";
import type { Env } from "./env.ts";
import { ended, type Passage } from "./passage.ts";
import { behindProxy } from "./platform/scheme.ts";
import { proxy } from "./proxy.ts";
import { carriedBy } from "./request/carried.ts";
import { classify } from "./request/classify.ts";
import { withHsts } from "./request/hsts.ts";
import { judgePlain } from "./request/redirect.ts";
import { count } from "./stats/count.ts";

export { Monitor } from "./health/monitor.ts";
export { Ledger } from "./stats/ledger.ts";

export default {
	async fetch(request, env, ctx): Promise<Response> {
		const edge = edgeOf(env);
		if (edge === null) return edgeError("EDGE_CONFIG", request.headers.get("origin"));
		const { config } = edge;
		const carried = carriedBy(request.headers);
		const written = classify(request.method, request.url, carried.upgrade, config.socketPaths);
		const asked = behindProxy(config, request, written);
		const arrival = { request, carried, asked, edge, env, ctx, startedAt: Date.now() };
		let passage: Passage;
		try {
			passage = await pass(arrival);
		} catch (error) {
			passage = ended(arrival, "internal", internalError(error, carried.origin), null);
		}
		count(passage, arrival);
		return withHsts(passage.response, asked, config.settings.hsts);
	},
} satisfies ExportedHandler<Env>;

function pass(arrival: Arrival): Promise<Passage> | Passage {
	const { asked, carried, edge } = arrival;
	const plain = judgePlain(asked, edge.config.settings.redirect, edge.config.httpsPort);
	if (plain.kind === "redirect") {
		const headers = { ...cors(carried.origin), location: plain.to };
		return ended(arrival, "redirected", new Response(null, { status: 308, headers }), null);
	}
	if (plain.kind === "refuse") {
		const refusal = edgeError("EDGE_PLAIN_UPGRADE", carried.origin, { upgrade: "TLS/1.2, HTTP/1.1" });
		return ended(arrival, "plain_upgrade", refusal, null);
	}
	return asked.path.startsWith(OWN_PATH) ? own(arrival) : proxy(arrival);
}

async function own(arrival: Arrival): Promise<Passage> {
	const { request, edge, asked, env } = arrival;
	return ended(arrival, "own", await app.fetch(request, { edge, asked, env }), null);
}

/** A fault of the edge's own: said in the log, not to the client. */
function internalError(error: unknown, origin: string | null): Response {
	const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
	console.error(JSON.stringify({ level: "error", code: "EDGE_INTERNAL", reason }));
	return edgeError("EDGE_INTERNAL", origin);
}
