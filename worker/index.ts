/** The Worker's entry. */
import { edgeError } from "./answers.ts";
import { app } from "./app.ts";
import { type Edge, edgeOf } from "./edge.ts";
import type { Env } from "./env.ts";
import { proxy } from "./proxy.ts";
import { type Asked, classify } from "./request/classify.ts";
import { judgePlain } from "./request/redirect.ts";
import { countFront } from "./stats/counters.ts";

export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const edge = edgeOf(env);
		if (edge === null) return edgeError("EDGE_CONFIG", request.headers.get("origin"));
		const asked = classify(
			request.method,
			request.url,
			request.headers.get("upgrade"),
			edge.config.socketPaths,
		);
		countFront(edge.counters, "requests");
		return (
			plain(request, asked, edge) ??
			(asked.engine === null ? app.fetch(request, { edge, asked }) : proxy(request, asked, edge))
		);
	},
} satisfies ExportedHandler<Env>;

/** The answer to a request that must not be served over plain http; null when it may. */
function plain(request: Request, asked: Asked, edge: Edge): Response | null {
	const verdict = judgePlain(asked, edge.config.settings.redirect, edge.config.httpsPort);
	if (verdict.kind === "serve") return null;
	if (verdict.kind === "refuse") {
		countFront(edge.counters, "plain_upgrades");
		return edgeError("EDGE_PLAIN_UPGRADE", request.headers.get("origin"), { upgrade: "TLS/1.2, HTTP/1.1" });
	}
	countFront(edge.counters, "redirected");
	return new Response(null, { status: 308, headers: { location: verdict.to } });
}
