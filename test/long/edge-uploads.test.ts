import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";

/** Seconds. Each differs, so that the time of an answer shows which one applied. */
const TIMEOUTS = { post: 1, http: 2, body_idle: 3, body: 5 };
const SESSION = `/socket.io/?EIO=4&transport=polling&sid=${tagOf("n1")}AAAAAAAAAAAAAAAAA`;
const OF_NO_NODE = "/socket.io/?EIO=4&transport=polling&sid=zzzAAAAAAAAAAAAAAAAA";

let edge: RunningEdge;
let url: string;
/** Bodies that the node got whole, by path without query. */
const received: {
	path: string;
	body: string;
	headers: IncomingMessage["headers"];
	/** From the headers to the end of the body, as the node saw it. */
	seconds: number;
}[] = [];
const agent = new Agent({ keepAlive: true });

/** Reads each body and answers "ok", apart from paths that say otherwise. */
async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
	const path = incoming.url!.split("?")[0]!;
	if (path === "/never-reads") return;
	if (path === "/answers-early") {
		response.writeHead(200).flushHeaders();
		for await (const chunk of incoming) response.write(chunk);
		response.end("end");
		return;
	}
	const startedAt = performance.now();
	const body = Buffer.concat(await incoming.toArray()).toString();
	const seconds = (performance.now() - startedAt) / 1000;
	received.push({ path, body, headers: incoming.headers, seconds });
	if (path !== "/reads-and-is-silent") response.end("ok");
}

const node = createServer((incoming, response) => void answer(incoming, response).catch(() => {}));

beforeAll(async () => {
	node.listen(0, "127.0.0.1");
	await once(node, "listening");
	url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
	edge = await startEdge({
		...(await edgeDefaults()),
		variables: { POOL_APP: { nodes: [{ id: "n1", url }], timeouts: TIMEOUTS } },
	});
});
afterAll(async () => {
	agent.destroy();
	await edge.stop();
	node.closeAllConnections();
	node.close();
});

function post(path: string, headers: Record<string, string | number> = {}, to = edge): ClientRequest {
	const sent = request(`${to.https}${path}`, { method: "POST", headers, agent, rejectUnauthorized: false });
	sent.on("error", () => {});
	return sent;
}

/** Sends the parts with a pause before each but the first; ends the body unless `isOpen`. */
async function upload(sent: ClientRequest, parts: readonly string[], gapMs: number, isOpen = false) {
	const startedAt = performance.now();
	const answered = once(sent, "response") as Promise<[IncomingMessage]>;
	answered.catch(() => {});
	for (const [i, part] of parts.entries()) {
		if (i > 0) await pause(gapMs);
		sent.write(part);
	}
	if (!isOpen) sent.end();
	const [response] = await answered;
	const body = Buffer.concat(await response.toArray()).toString();
	return { status: response.statusCode, body, seconds: (performance.now() - startedAt) / 1000 };
}

const PARTS = ["4a", "b", "c", "d", "e"];

describe.concurrent("an upload", () => {
	it("of a session that takes longer than the node may be silent reaches the node whole", async () => {
		const sent = post(SESSION, { "content-length": 6 });
		expect(await upload(sent, PARTS, 400)).toMatchObject({ status: 200, body: "ok" });
		const whole = received.find(({ path, body }) => path === "/socket.io/" && body === "4abcde");
		expect(whole!.seconds).toBeLessThan(0.5);
	});

	it("of a session with the default deadlines, which is passed on as it arrives, reaches the node whole", async () => {
		await using other = await startEdge({
			...(await edgeDefaults()),
			variables: { POOL_APP: { nodes: [{ id: "n1", url }] } },
		});
		const parts = PARTS.map((part) => `${part}-other`);
		const sent = post(SESSION, { "content-length": parts.join("").length }, other);
		expect(await upload(sent, parts, 400)).toMatchObject({ status: 200, body: "ok" });
		expect(received.find(({ body }) => body === parts.join(""))!.seconds).toBeGreaterThan(1.5);
	});

	it("of a page that takes longer than the node may be silent reaches the node whole, with its length", async () => {
		const sent = post("/slow", { "content-length": 6 });
		expect(await upload(sent, PARTS, 700)).toMatchObject({ status: 200, body: "ok" });
		const { body, headers } = received.find(({ path }) => path === "/slow")!;
		expect([body, headers["content-length"]]).toEqual(["4abcde", "6"]);
	});

	it("of unknown length reaches the node whole", async () => {
		expect(await upload(post("/chunked"), PARTS, 10)).toMatchObject({ status: 200 });
		const { body, headers } = received.find(({ path }) => path === "/chunked")!;
		expect([body, headers["transfer-encoding"]]).toEqual(["4abcde", "chunked"]);
	});

	it.each([
		["of a session", SESSION, '"code":3'],
		["of a page", "/stalls", "EDGE_BODY_TIMEOUT"],
	])("%s whose client falls silent ends with 408 after body_idle", async (_what, path, text) => {
		const { status, body, seconds } = await upload(post(path, { "content-length": 100 }), ["4a"], 0, true);
		expect([status, body]).toEqual([408, expect.stringContaining(text)]);
		expect(seconds).toBeGreaterThan(TIMEOUTS.body_idle - 0.1);
		expect(seconds).toBeLessThan(TIMEOUTS.body_idle + 0.9);
	});

	it("of a session that never ends, one byte at a time, ends with 408 after the time for a whole body", async () => {
		const sent = post(SESSION);
		const dribble = setInterval(() => sent.write("x"), 300);
		const { status, seconds } = await upload(sent, ["4"], 0, true);
		clearInterval(dribble);
		expect(status).toBe(408);
		expect(seconds).toBeGreaterThan(TIMEOUTS.body - 0.1);
		expect(seconds).toBeLessThan(TIMEOUTS.body + 0.9);
	});

	it("for a session of no node is answered soon after its client has fallen silent, before the body has arrived", async () => {
		const { status, body, seconds } = await upload(post(OF_NO_NODE), ["4a"], 0, true);
		expect([status, body]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
		expect(seconds).toBeLessThan(TIMEOUTS.body_idle);
	});

	it("that the node reads without an answer ends with 504 after the node's own silence", async () => {
		const sent = post("/reads-and-is-silent", { "content-length": 6 });
		const { status, body, seconds } = await upload(sent, PARTS, 300);
		expect([status, body]).toEqual([504, expect.stringContaining("EDGE_NODE_TIMEOUT")]);
		expect(seconds).toBeGreaterThan(1.2 + TIMEOUTS.http - 0.2);
		expect(seconds).toBeLessThan(1.2 + TIMEOUTS.http + 0.9);
	});

	it("that the node does not read ends with 504", async () => {
		const sent = post("/never-reads", { "content-length": 50_000_000 });
		const { status, seconds } = await upload(sent, ["x".repeat(20_000_000)], 0, true);
		expect(status).toBe(504);
		expect(seconds).toBeLessThan(TIMEOUTS.http + 2);
	});

	it("that the node answers while it still arrives has no deadline any more", async () => {
		const sent = post("/answers-early", { "content-length": 6 });
		const result = await upload(sent, ["4abc", "de"], 1000 * (TIMEOUTS.body_idle + 0.5));
		expect(result).toMatchObject({ status: 200, body: "4abcdeend" });
	});
});
