import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../worker/env.ts";
import worker from "../../../worker/index.ts";
import { variables } from "../support/pools.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

/** What a client must not learn: the host every node of the tests lives at. */
const PRIVATE = "127.0.0.1:300";

afterEach(() => vi.restoreAllMocks());

/** Everything a client is told, status line aside, by an edge whose nodes answer by `node`. */
async function told(path: string, init: RequestInit, node: () => Promise<Response>): Promise<string> {
	vi.spyOn(globalThis, "fetch").mockImplementation(node);
	vi.spyOn(console, "error").mockImplementation(() => undefined);
	vi.spyOn(console, "log").mockImplementation(() => undefined);
	const ctx = createExecutionContext();
	const env = variables({}, { EDGE_TOKEN: "s3cret" }) as Env;
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
	])("is not in what /__edge/%s tells whoever does not know the token", async (path) => {
		const text = await told(`/__edge/${path}`, { headers: { authorization: "Bearer wrong" } }, refused);
		expect(text).toMatch(/^401 /);
		expect(text).not.toContain(PRIVATE);
	});

	it.each([
		["a handshake that no node takes", "/socket.io/?EIO=4&transport=polling", "GET", refused],
		["a page that no node serves", "/page", "GET", refused],
		["a POST that breaks off", "/form", "POST", refused],
		[
			"a handshake whose id names no node",
			"/socket.io/?EIO=4&transport=polling",
			"GET",
			() => Promise.resolve(new Response('0{"sid":"zzzzzzzzzzzzzzzzzzzz","upgrades":[]}')),
		],
	] as const)("is not in the answer to %s", async (_what, path, method, node) => {
		const text = await told(path, { method }, node);
		expect(text).toMatch(/^50[234] /);
		expect(text).not.toContain(PRIVATE);
	});

	it("is told to the operator, who has the token", async () => {
		const init = { headers: { authorization: "Bearer s3cret" } };
		expect(await told("/__edge/pools", init, refused)).toContain(PRIVATE);
	});
});
