import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { skipWithoutAddresses } from "../support/addresses.ts";
import { nodeOf, type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]].map((used) => ({
	used,
	name: used.join(" then "),
}));
const sidOf = (body: string) => /sid\\?":\\?"([^"\\]+)/.exec(body)![1]!;

/** Ten echoes. Each ack needs a POST and a poll that reach the same node, which ten in a row do not by chance. */
async function echoTenTimes(rig: Rig, transports: readonly string[], options: object = {}) {
	const socket = await rig.connect({ transports: [...transports], ...options });
	const node = await nodeOf(socket);
	for (let i = 0; i < 10; i++) expect(await socket.timeout(5000).emitWithAck("echo", i)).toBe(i);
	expect(await nodeOf(socket)).toBe(node);
	return node;
}

describe("a pool with rewrite stickiness and unchanged nodes", () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await startRig({
			nodes: ["n1", "n2", "n3"].map((id) => ({ id, ids: "plain" as const, compress: true, eio3: true })),
			pool: { stickiness: "rewrite", allow_jsonp: true, balance: "roundrobin", allow_eio3: true },
		});
	});
	afterAll(() => rig[Symbol.asyncDispose]());

	it.each(TRANSPORTS)("keeps a client on its node over $name", async ({ used }) => {
		const nodes = new Set([
			await echoTenTimes(rig, used),
			await echoTenTimes(rig, used),
			await echoTenTimes(rig, used),
		]);
		expect(nodes.size).toBe(3);
	});

	it.each([
		["Engine.IO 4 text", HANDSHAKE, /^0\{"sid":"/],
		["Engine.IO 3 text", "/socket.io/?EIO=3&transport=polling&b64=1", /^(\d+):0\{"sid":"/],
		["Engine.IO 4 JSONP", `${HANDSHAKE}&j=7`, /^___eio\[7\]\("0\{\\"sid\\":\\"/],
	])(
		"adds the tag to a handshake in %s, with and without gzip, and the node accepts the session id that comes back",
		async (_form, path, shape) => {
			for (const encoding of ["identity", "gzip"]) {
				const { headers, body } = await secureFetch(rig.edge.https + path, {
					headers: { "accept-encoding": encoding },
				});
				const text =
					headers["content-encoding"] === "gzip" ? gunzipSync(Buffer.from(body, "latin1")).toString() : body;
				expect(text).toMatch(shape);
				const sid = sidOf(text);
				expect(["n1", "n2", "n3"].map(tagOf)).toContain(sid.slice(0, 3));
				const length = /^(\d+):/.exec(text)?.[1];
				if (length !== undefined)
					expect(text.slice(length.length + 1, length.length + 1 + Number(length))).toMatch(/\}$/);
				const post = await secureFetch(`${rig.edge.https}${path.replace(/&j=7/, "")}&sid=${sid}`, {
					method: "POST",
					headers: { "content-type": "text/plain" },
					body: path.includes("EIO=3") ? "2:40" : "40",
				});
				expect(post).toMatchObject({ status: 200, body: "ok" });
			}
		},
	);
});

describe("a pool with cookie stickiness", () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await startRig({ pool: { stickiness: "cookie", balance: "roundrobin" } });
	});
	afterAll(() => rig[Symbol.asyncDispose]());

	it.each(TRANSPORTS)("keeps a client that stores cookies on its node over $name", async ({ used }) => {
		await echoTenTimes(rig, used, { withCredentials: true });
	});

	it("sets the cookie only in answers to handshakes without one", async () => {
		const first = await secureFetch(rig.edge.https + HANDSHAKE);
		expect(first.headers["set-cookie"]).toEqual([
			expect.stringMatching(/^edge_app=[\w-]{3}; Path=\/socket\.io\/; HttpOnly; Secure; SameSite=Lax$/),
		]);
		const cookie = first.headers["set-cookie"]![0]!.split(";")[0]!;
		const again = await secureFetch(rig.edge.https + HANDSHAKE, { headers: { cookie } });
		expect(again.headers["set-cookie"]).toBeUndefined();
		expect(sidOf(again.body).slice(0, 3)).toBe(cookie.split("=")[1]);
		const preflight = await secureFetch(rig.edge.https + HANDSHAKE, {
			method: "OPTIONS",
			headers: { origin: "https://app.test" },
		});
		expect(preflight).toMatchObject({ status: 204 });
		expect(preflight.headers["set-cookie"]).toBeUndefined();
		const post = await secureFetch(`${rig.edge.https}${HANDSHAKE}&sid=${sidOf(first.body)}`, {
			method: "POST",
			headers: { cookie },
			body: "40",
		});
		expect(post.status).toBe(200);
		expect(post.headers["set-cookie"]).toBeUndefined();
	});

	it("answers code 1 to a client that lost its cookie, instead of trying another node", async () => {
		const { body } = await secureFetch(rig.edge.https + HANDSHAKE);
		const lost = await secureFetch(`${rig.edge.https}${HANDSHAKE}&sid=${sidOf(body)}`, {
			method: "POST",
			body: "40",
		});
		expect(lost).toMatchObject({ status: 400, body: '{"code":1,"message":"Session ID unknown"}' });
	});
});

describe("a pool with source stickiness", () => {
	it("keeps all clients of an address on one node", async () => {
		await using rig = await startRig({ pool: { stickiness: "source" } });
		const nodes = new Set<string>();
		for (const transport of ["polling", "websocket", "polling"])
			nodes.add(await echoTenTimes(rig, [transport]));
		expect(nodes.size).toBe(1);
	});

	it.skipIf(skipWithoutAddresses)(
		"spreads addresses over the nodes (needs those of 127.0.0.0/8)",
		async () => {
			await using rig = await startRig({ pool: { stickiness: "source" } });
			const nodes = new Set<string>();
			for (let i = 1; i < 14; i++)
				nodes.add(await echoTenTimes(rig, ["websocket"], { localAddress: `127.0.0.${i}` }));
			expect(nodes.size).toBe(3);
		},
	);
});

describe("a pool with sid stickiness and a node that generates session ids without its tag", () => {
	it.each(["plain", "foreign"] as const)(
		"answers a handshake with a %s session id with 503, CORS and the line to add at the node",
		async (ids) => {
			await using rig = await startRig({
				nodes: [{ id: "n1", ids }],
				pool: { origins: ["https://app.test"] },
			});
			const { status, headers, body } = await secureFetch(rig.edge.https + HANDSHAKE, {
				headers: { origin: "https://app.test" },
			});
			expect(status).toBe(503);
			expect(headers["access-control-allow-origin"]).toBe("https://app.test");
			expect(JSON.parse(body)).toEqual({
				code: "EDGE_FOREIGN_SID",
				message: expect.stringContaining('io.engine.generateId = () => "d0N" + Buffer.from('),
			});
			expect(rig.log.join("\n")).toContain("EDGE_FOREIGN_SID");
			await expect(rig.connect({ transports: ["polling"], reconnection: false })).rejects.toThrow(
				"xhr poll error",
			);
		},
	);

	it("uses only the other nodes", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1", ids: "foreign" }, { id: "n2" }] });
		for (const _ of [1, 2, 3]) expect(await echoTenTimes(rig, ["polling"])).toBe("n2");
	});
});
