/** The answers the edge makes itself. On the Engine.IO path each carries CORS: without it a browser reports status 0. */
import { ENGINE_ERRORS } from "./contract.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";

/** CORS headers for an answer to `origin` (null = not a browser's cross-origin request). */
export function cors(origin: string | null): Record<string, string> {
	if (origin === null) return {};
	return {
		"access-control-allow-origin": origin,
		"access-control-allow-credentials": "true",
		vary: "origin",
	};
}

/** An error of the Engine.IO protocol, shaped as a node would; `message` names the cure where the protocol's own words would not. */
export function engineError(code: 0 | 1 | 2 | 3 | 4 | 5, origin: string | null, message?: string): Response {
	return Response.json(
		{ code, message: message ?? ENGINE_ERRORS[code] },
		{ status: code === 4 ? 403 : 400, headers: { ...cors(origin), "cache-control": "no-store" } },
	);
}

/** An error of the edge, as JSON `{code, message}`. */
export function edgeError(
	code: ErrorCode,
	origin: string | null,
	headers: Record<string, string> = {},
	message: string = ERRORS[code].message,
): Response {
	const { status } = ERRORS[code];
	return Response.json(
		{ code, message },
		{ status, headers: { ...cors(origin), ...headers, "cache-control": "no-store" } },
	);
}

/** The edge's own answer to a CORS preflight when no node can give one (Fetch standard, section 3.2). */
export function preflight(origin: string | null, wanted: Headers): Response {
	return new Response(null, {
		status: 204,
		headers: {
			...cors(origin ?? "*"),
			"access-control-allow-methods": "GET,POST,OPTIONS",
			"access-control-allow-headers": wanted.get("access-control-request-headers") ?? "content-type",
		},
	});
}
