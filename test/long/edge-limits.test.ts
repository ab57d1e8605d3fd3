import { describe, expect, it } from "vitest";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";
import { startRoundRobin } from "../support/behaviour/round-robin.ts";
import { type Rig, startNodeProcess, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const QUICK = { health: { interval: 1, timeout: 1, rise: 1, fall: 1 }, slow_start: 0 };
const ORIGIN = "https://app.test";
const handshake = (rig: Rig) =>
	secureFetch(`${rig.edge.https}/socket.io/?EIO=4&transport=polling`, { headers: { origin: ORIGIN } });

describe("the session limit", () => {
	it("of a node itself moves new sessions to another node, and the answer is 503 with CORS when all nodes are full", async () => {
		await using rig = await startRig({
			nodes: [
				{ id: "n1", limit: 2 },
				{ id: "n2", limit: 2 },
			],
			pool: { origins: [ORIGIN] },
		});
		const statuses = [];
		for (let i = 0; i < 4; i++) statuses.push((await handshake(rig)).status);
		expect(statuses).toEqual([200, 200, 200, 200]);
		const refused = await handshake(rig);
		expect(refused.status).toBe(503);
		expect(refused.headers["access-control-allow-origin"]).toBe(ORIGIN);
		expect(JSON.parse(refused.body).code).toBe("EDGE_NO_NODE");
	});

	it("of the edge holds once the node has reported its sessions", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1" }],
			node: { n1: { max_sessions: 3 } },
			pool: { ...QUICK, origins: [ORIGIN] },
		});
		for (let i = 0; i < 3; i++) expect((await handshake(rig)).status).toBe(200);
		await until("the limit holds", async () => (await handshake(rig)).status === 503);
		for (let i = 0; i < 3; i++) expect(JSON.parse((await handshake(rig)).body).code).toBe("EDGE_NO_NODE");
	});
});

describe("several processes behind one address", () => {
	it("are reported in the answer, the pool's nodes and the log, instead of answering code 1 for ever", async () => {
		await using parts = new AsyncDisposableStack();
		const both = await Promise.all([startNodeProcess("n1"), startNodeProcess("n1")]);
		parts.defer(async () => {
			await Promise.all(both.map((node) => node.signal("SIGKILL")));
		});
		const { url } = parts.use(await startRoundRobin(both.map((node) => node.url)));
		const log: string[] = [];
		const token = "limits-token";
		const variables = { POOL_APP: { ...QUICK, origins: [ORIGIN], nodes: [{ id: "n1", url }] } };
		const edge = parts.use(
			await startEdge({ ...(await edgeDefaults()), variables, token, log: (line) => log.push(line) }),
		);
		const path = `${edge.https}/socket.io/?EIO=4&transport=polling`;
		await until("the edge has noticed", async () => (await secureFetch(path)).status === 503);
		expect(JSON.parse((await secureFetch(path)).body)).toEqual({
			code: "EDGE_FOREIGN_SID",
			message: expect.stringMatching(/^Several processes answer at the address of node n1/),
		});
		const shown = await secureFetch(`${edge.https}/__edge/pools`, {
			headers: { authorization: `Bearer ${token}` },
		});
		expect(shown.body).toContain("many_processes");
		expect(log.join("\n")).toContain("Several processes answer");
	});
});
