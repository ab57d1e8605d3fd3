/** Dispatches single requests to nodes whose behaviour a test chooses. */
import { vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import type { Isolate } from "../../../worker/isolate.ts";
import { dispatch } from "../../../worker/pipeline/dispatch.ts";
import { isolateOf, parsed } from "./pools.ts";

/** What a node does with a request: a status, an answer, or no connection. */
export type Behaviour = number | (() => Response) | "unreachable" | "silent";

export const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
export const OF_N1 = `${HANDSHAKE}&sid=d0N0123456789abcdefg`;
export const OF_NO_NODE = `${HANDSHAKE}&sid=zzz0123456789abcdefg`;
export const REFUSES = () => new Response(null, { status: 503, headers: { "x-edge-refuse": "draining" } });
export const OPENS = () => new Response('0{"sid":"0123456789abcdefghij","upgrades":[]}');

export interface Sent {
	readonly isolate?: Isolate;
	readonly method?: string;
	readonly path: string;
	readonly body?: string;
	readonly upgrade?: string;
	/** By node; n1, n2 and n3 are tried in this order. */
	readonly nodes: readonly [Behaviour, Behaviour, Behaviour];
	/** What every node does with a health check. */
	readonly health?: Behaviour;
	readonly waitUntil?: (work: Promise<unknown>) => void;
}

/** Dispatches a request, and returns its outcome, status and the nodes that were tried. */
export async function send({ isolate = newIsolate(), method = "GET", path, body, nodes, ...more }: Sent) {
	// The first of the nodes that are left is drawn.
	vi.spyOn(Math, "random").mockReturnValue(0);
	vi.spyOn(globalThis, "fetch").mockImplementation((url) => {
		const { port, pathname } = new URL(String(url));
		const behaviour = pathname === "/healthz" ? (more.health ?? "unreachable") : nodes[Number(port) - 3001]!;
		if (behaviour === "unreachable") return Promise.reject(new Error("connection refused"));
		if (behaviour === "silent") return new Promise(() => {});
		return Promise.resolve(
			typeof behaviour === "number" ? new Response("x", { status: behaviour }) : behaviour(),
		);
	});
	const request = new Request(`https://edge.test${path}`, { method, body: body ?? null });
	const ctx = { waitUntil: more.waitUntil ?? (() => {}) } as unknown as ExecutionContext;
	const contentLength = body === undefined ? null : String(body.length);
	const context = {
		request,
		parsed: parsed(method, path, more.upgrade ?? null, { contentLength, forwardable: {} }),
		isolate,
		env: {} as Env,
		ctx,
		clientIp: "192.0.2.1",
		startedAt: Date.now(),
	};
	const { outcome, response, attempts } = await dispatch(context);
	return { outcome, status: response.status, tried: attempts.map(({ node }) => node.id).join(" ") };
}

export const newIsolate = () => {
	const isolate = isolateOf({
		stickiness: "rewrite",
		timeouts: { handshake: 1, post: 1, poll: 1, http: 1 },
	});
	isolate.pools[0]!.table.turn = 0;
	return isolate;
};
export const withSessionsOf = (state: "MAINT" | "DRAIN" | "DOWN") => {
	const isolate = isolateOf();
	isolate.pools[0]!.table.nodes[0]!.state = state;
	return isolate;
};
