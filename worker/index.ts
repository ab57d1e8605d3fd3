/** The Worker's entry: classify, then route, guard, stick, choose and forward (proxy.ts), then count. */
import { cors, edgeError } from "./answers.ts";
import { app, OWN_PATH } from "./app.ts";
import { type Edge, edgeOf } from "./edge.ts";
import type { Env } from "./env.ts";
import { ended, type Passage } from "./passage.ts";
import { behindProxy } from "./platform/scheme.ts";
import { proxy } from "./proxy.ts";
import { type Asked, classify } from "./request/classify.ts";
import { withHsts } from "./request/hsts.ts";
import { judgePlain } from "./request/redirect.ts";
import { count } from "./stats/count.ts";

export { Monitor } from "./health/monitor.ts";
export { Ledger } from "./stats/ledger.ts";

export default {
	async fetch(request, env, ctx): Promise<Response> {
		const edge = edgeOf(env);
		if (edge === null) return edgeError("EDGE_CONFIG", request.headers.get("origin"));
		const written = classify(
			request.method,
			request.url,
			request.headers.get("upgrade"),
			edge.config.socketPaths,
		);
		const asked = behindProxy(edge.config, request, written);
		const startedAt = Date.now();
		const passage = await pass(request, asked, edge, env, ctx, startedAt).catch((error: unknown) =>
			ended(asked, "internal", internalError(error, request), null, startedAt),
		);
		count(passage, request, edge, env, ctx);
		return withHsts(passage.response, asked, edge.config.settings.hsts);
	},
} satisfies ExportedHandler<Env>;

async function pass(
	request: Request,
	asked: Asked,
	edge: Edge,
	env: Env,
	ctx: ExecutionContext,
	startedAt: number,
): Promise<Passage> {
	const plain = judgePlain(asked, edge.config.settings.redirect, edge.config.httpsPort);
	if (plain.kind === "redirect") {
		const headers = { ...cors(request.headers.get("origin")), location: plain.to };
		return ended(asked, "redirected", new Response(null, { status: 308, headers }), null, startedAt);
	}
	if (plain.kind === "refuse") {
		const refusal = edgeError("EDGE_PLAIN_UPGRADE", request.headers.get("origin"), {
			upgrade: "TLS/1.2, HTTP/1.1",
		});
		return ended(asked, "plain_upgrade", refusal, null, startedAt);
	}
	if (asked.path.startsWith(OWN_PATH))
		return ended(asked, "own", await app.fetch(request, { edge, asked, env }), null, startedAt);
	return proxy(request, asked, edge, env, ctx, startedAt);
}

/** A fault of the edge's own: said in the log, not to the client. */
function internalError(error: unknown, request: Request): Response {
	const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
	console.error(JSON.stringify({ level: "error", code: "EDGE_INTERNAL", reason }));
	return edgeError("EDGE_INTERNAL", request.headers.get("origin"));
}
