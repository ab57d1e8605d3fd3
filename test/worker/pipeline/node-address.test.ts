import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import worker from "../../../worker/index.ts";
import { variables } from "../support/pools.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

/** The address of all nodes in these tests, which clients must not see. */
const PRIVATE = "127.0.0.1:300";

afterEach(() => vi.restoreAllMocks());

/** The status, headers and body that a client gets from an edge whose nodes answer with `node`. */
async function answerTo(path: string, init: RequestInit, node: () => Promise<Response>): Promise<string> {
	vi.spyOn(globalThis, "fetch").mockImplementation(node);
	vi.spyOn(console, "error").mockImplementation(() => undefined);
	vi.spyOn(console, "log").mockImplementation(() => undefined);
	const ctx = createExecutionContext();
	const env = variables({}, { EDGE_TOKEN: "s3cret-token" }) as Env;
	const response = await worker.fetch(new Request(`https://edge.test${path}`, init) as Incoming, env, ctx);
	const text = `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
	await waitOnExecutionContext(ctx);
	return text;
}

const refused = () => Promise.reject(new Error(`connect ECONNREFUSED ${PRIVATE}1`));

describe("a node's private address", () => {
	it.each([
		["stats"],
		["stats/live"],
		["stats.json"],
		["stats.csv"],
		["metrics"],
		["pools"],
		["pools/app"],
		["nodes/n1"],
		["x"],
	])("does not appear in the answer of /__edge/%s to a request with a wrong token", async (path) => {
		const text = await answerTo(`/__edge/${path}`, { headers: { authorization: "Bearer wrong" } }, refused);
		expect(text).toMatch(/^401 /);
		expect(text).not.toContain(PRIVATE);
	});

	it.each([
		["a handshake that no node takes", "/socket.io/?EIO=4&transport=polling", "GET", refused],
		["a page that no node serves", "/page", "GET", refused],
		["a POST that no node answers", "/form", "POST", refused],
		[
			"a handshake whose session id names no node",
			"/socket.io/?EIO=4&transport=polling",
			"GET",
			() => Promise.resolve(new Response('0{"sid":"zzzzzzzzzzzzzzzzzzzz","upgrades":[]}')),
		],
	] as const)("does not appear in the answer to %s", async (_what, path, method, node) => {
		const text = await answerTo(path, { method }, node);
		expect(text).toMatch(/^50[234] /);
		expect(text).not.toContain(PRIVATE);
	});

	it("appears in answers to an operator with the token", async () => {
		const init = { headers: { authorization: "Bearer s3cret-token" } };
		expect(await answerTo("/__edge/pools", init, refused)).toContain(PRIVATE);
	});
});
