/**
 * Handles a request from start to end: parse, redirect plain http, let the admin router or a node answer, record. All of
 * this happens inside one try, so that any failure becomes a logged 500 with CORS headers.
 */
import { ADMIN_PATH, admin } from "../admin/router.ts";
import type { Env } from "../env.ts";
import { corsHeaders, edgeError } from "../errors.ts";
import { type Isolate, readIsolate } from "../isolate.ts";
import { decidePlainHttp, withHsts } from "../policy/redirect.ts";
import { readRest, refuse } from "../policy/refusal.ts";
import { clientAddress, isSecure, readClientHeaders } from "../request/headers.ts";
import { type ParsedRequest, parseRequest } from "../request/url.ts";
import type { Exchange } from "../stats/exchange.ts";
import { logInternalError, requestId } from "../stats/log.ts";
import { record } from "../stats/record.ts";
import { type Answer, answerDenial, answerWith } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import { dispatch } from "./dispatch.ts";

/** The isolate's state, read again when its variables change. */
let current: { readonly env: Env; readonly isolate: Isolate | null } | null = null;

/** Answers one request; the Worker's `fetch` handler. Never throws. */
export async function respond(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
	let context: RequestContext | null = null;
	try {
		if (current === null || current.env !== env) current = { env, isolate: readIsolate(env) };
		const { isolate } = current;
		if (isolate === null) return edgeError("EDGE_CONFIG", request.headers.get("origin"));
		const clientIp = clientAddress(isolate.config, request);
		const parsed = parse(request, isolate);
		context = { request, parsed, isolate, env, ctx, clientIp, startedAt: Date.now() };
		const answer = await answerRequest(context);
		if (answer.outcome !== "passed" && request.body !== null) await readRest(request);
		// Browsers learn HSTS with the page, so Engine.IO answers need no copy.
		const { enginePath } = context.parsed;
		const { hsts } = isolate.config.settings;
		const response = enginePath === null ? withHsts(answer.response, context.parsed, hsts) : answer.response;
		return recordExchange(context, response === answer.response ? answer : { ...answer, response });
	} catch (error) {
		return internalError(request, context, error);
	}
}

function parse(request: Request, { config }: Isolate): ParsedRequest {
	const { method, url } = request;
	const headers = readClientHeaders(request.headers);
	return parseRequest({ method, url, secure: isSecure(config, request), headers }, config.socketPaths);
}

function answerRequest(context: RequestContext): Promise<Answer> | Answer {
	const { parsed, isolate } = context;
	const refused = refuse(parsed);
	if (refused !== null) return answerDenial(refused, null);
	if (!parsed.secure) {
		const plain = answerPlainHttp(parsed, isolate);
		if (plain !== null) return plain;
	}
	return parsed.path.startsWith(ADMIN_PATH) ? answerAdmin(context) : dispatch(context);
}

function answerPlainHttp(parsed: ParsedRequest, { config }: Isolate): Answer | null {
	const decision = decidePlainHttp(parsed, config.settings.redirect, config.httpsPort);
	const { origin } = parsed.headers;
	if (decision.kind === "redirect") {
		const headers = { ...corsHeaders(origin), location: decision.location };
		return answerWith("redirected", new Response(null, { status: 308, headers }));
	}
	if (decision.kind === "serve") return null;
	const upgrade = { headers: { upgrade: "TLS/1.2, HTTP/1.1" } };
	return answerWith("plain_upgrade", edgeError("EDGE_PLAIN_UPGRADE", origin, upgrade));
}

async function answerAdmin({ request, isolate, parsed, env, clientIp }: RequestContext): Promise<Answer> {
	return answerWith("own", await admin.fetch(request, { source: isolate, parsed, env, clientIp }));
}

/** Records the finished exchange and returns its answer. */
function recordExchange(context: RequestContext, answer: Answer): Response {
	const { request, parsed, isolate, env, ctx, clientIp, startedAt } = context;
	const { response } = answer;
	const exchange: Exchange = { ...answer, parsed, clientIp, startedAt, status: response.status };
	record(exchange, request, isolate, env, ctx);
	return response;
}

/** Logs the reason of an internal error. The client gets only the id of the log line. */
function internalError(request: Request, context: RequestContext | null, error: unknown): Response {
	const id = requestId(request, context?.isolate.config.platform ?? null);
	logInternalError(current?.isolate ?? null, { id, clientIp: context?.clientIp ?? "" }, error);
	const response = edgeError("EDGE_INTERNAL", request.headers.get("origin"), { id });
	try {
		return context === null ? response : recordExchange(context, { ...answerWith("internal", response), id });
	} catch {
		// Recording failed too; the line above is in the log.
		return response;
	}
}
