/** Nodes that know nothing of the edge: without a health path, silent on other paths, parked, or failing. */

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachEdge } from "../../origin/node/attach.ts";
import type { RunningEdge } from "../../worker/selfhost/edge.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { edgeFor, listen, own, QUICK, status, TOKEN, Unmodified, urlOf } from "../support/edge/unmodified.ts";
import { until } from "../support/until.ts";

interface NodeView {
	readonly node: string;
	readonly state: string;
	readonly reason: string;
	readonly hint: string | null;
	readonly weight: number;
	readonly operatorWeight: number | null;
	readonly warnings: readonly { readonly code: string; readonly fix: string }[];
	readonly check: { readonly word: string; readonly status: number; readonly milliseconds: number } | null;
}

async function viewsOf(edge: RunningEdge): Promise<Readonly<Record<string, NodeView>>> {
	const { nodes } = JSON.parse(await own(edge, "pools/app")) as { nodes: readonly NodeView[] };
	return Object.fromEntries(nodes.map((node) => [node.node, node]));
}

/** Waits until every node was checked and the named one is so. */
async function untilNode(
	edge: RunningEdge,
	node: string,
	holds: (view: NodeView) => boolean,
): Promise<NodeView> {
	let view: NodeView | undefined;
	await until(`${node} is as expected`, async () => {
		view = (await viewsOf(edge))[node]!;
		return view.check !== null && holds(view);
	});
	return view!;
}

describe("in front of unmodified nodes, a parked one, and one that follows the contract", () => {
	const parts = new AsyncDisposableStack();
	let edge: RunningEdge;
	let views: Readonly<Record<string, NodeView>>;
	const log: string[] = [];

	beforeAll(async () => {
		const drop: RequestListener = (request) => void request.socket.destroy();
		const redirect = status(302, { location: "/login" });
		const urls: Record<string, string> = {};
		const others: [string, RequestListener | null, number?][] = [
			["missing", status(404)],
			["silent", null],
			["dropping", drop],
			["redirecting", redirect],
			["guarded", status(401), 5000],
			["failing", status(503)],
		];
		for (const [id, listener, keepAlive] of others)
			urls[id] = parts.use(await Unmodified.start(listener, 0, keepAlive)).url;
		const attached = parts.use(await Unmodified.start(status(404)));
		attachEdge(attached.io, { node: "attached", servers: [attached.http] });
		urls["attached"] = attached.url;
		const parked = createServer({ keepAliveTimeout: 75_000 }, status(404));
		await listen(parked, 0);
		parts.defer(() => void parked.close());
		urls["parked"] = urlOf(parked);
		edge = parts.use(await edgeFor(urls, { log }));
		await untilNode(edge, "parked", ({ state }) => state === "DOWN");
		await untilNode(edge, "failing", ({ state }) => state === "DOWN");
		await untilNode(edge, "silent", ({ check }) => check!.word === "NO CHECK");
		views = await viewsOf(edge);
	});
	afterAll(() => parts.disposeAsync());

	it.each(["missing", "silent", "dropping", "redirecting", "guarded"])(
		"the %s one is UP without a check, with the hint",
		(node) => {
			expect(views[node]).toMatchObject({ state: "UP", check: { word: "NO CHECK", status: 400 } });
			expect(views[node]!.hint).toContain('health_path = "/socket.io/?EIO=4&transport=none"');
			expect(views[node]!.hint).toContain("attachEdge");
		},
	);

	it.each([
		["parked", /^L7STS\/404 in \d+ ms$/],
		["failing", /^L7STS\/503 in \d+ ms$/],
	])("the %s one is DOWN with the reason of its health path", (node, reason) => {
		expect(views[node]).toMatchObject({ state: "DOWN", hint: null });
		expect(views[node]!.reason).toMatch(reason);
	});

	it("the attached one is checked by its report", () => {
		expect(views["attached"]).toMatchObject({
			state: "UP",
			check: { word: "L7OK", status: 200 },
			hint: null,
		});
	});

	it("all of them are UP or DOWN in CSV, metrics, JSON and page alike", async () => {
		const csv = await own(edge, "stats.csv");
		expect(csv).toMatch(/^app_polling,silent,.*,UP,/m);
		expect(csv).toMatch(/^app_polling,parked,.*,DOWN,/m);
		const metrics = await own(edge, "metrics");
		expect(metrics).toContain('haproxy_server_status{proxy="app_polling",server="silent",state="UP"} 1');
		expect(metrics).toContain('haproxy_server_status{proxy="app_polling",server="parked",state="UP"} 0');
		const { nodes } = JSON.parse(await own(edge, "stats.json")) as { nodes: Record<string, unknown>[] };
		const row = nodes.find(({ server, traffic }) => server === "silent" && traffic === "polling")!;
		expect(row).toMatchObject({ status: "UP", hint: views["silent"]!.hint, live: null });
		expect(await own(edge, "stats/live")).toContain("check NO CHECK, Engine.IO answers in");
	});

	it("only the one with Node's default keep-alive is warned about, in all views, and once in the log", async () => {
		const warned = Object.values(views).filter(({ warnings }) => warnings.length > 0);
		expect(warned.map(({ node }) => node)).toEqual(["guarded"]);
		expect(warned[0]!.warnings[0]!.fix).toContain("server.keepAliveTimeout = 75_000");
		expect(await own(edge, "metrics")).toContain(
			'sticky_edge_server_warning{proxy="app_http",server="guarded",warning="keep_alive"} 1',
		);
		expect(await own(edge, "stats/live")).toContain("closes idle connections after");
		await until("every node was probed three times", async () => {
			const { nodes } = JSON.parse(await own(edge, "stats.json")) as {
				nodes: { server: string; health: { failedChecks: number } }[];
			};
			return nodes.find(({ server }) => server === "parked")!.health.failedChecks >= 3;
		});
		const lines = log.filter((line) => line.includes('"warning":"keep_alive"'));
		expect(lines).toHaveLength(1);
		expect(lines[0]).toContain('"node":"guarded"');
	});
});

describe("a node without a check", () => {
	it("whose health path stays silent is known as DOWN soon after it ends, like any other", async () => {
		const node = await Unmodified.start(null);
		await using edge = await edgeFor({ n1: node.url }, { pool: { health: { ...QUICK.health, timeout: 3 } } });
		await untilNode(edge, "n1", ({ check }) => check!.word === "NO CHECK");
		await node[Symbol.asyncDispose]();
		const down = await untilNode(edge, "n1", ({ state }) => state === "DOWN");
		expect(down).toMatchObject({ reason: expect.stringMatching(/^L4CON in \d+ ms$/), hint: null });
	});

	it("that begins to follow the contract is checked by its reports from then on, and not without them again", async () => {
		await using first = new AsyncDisposableStack();
		const node = first.use(await Unmodified.start(null));
		const port = (node.http.address() as AddressInfo).port;
		const stateFolder = await mkdtemp(join(tmpdir(), "no-check-"));
		first.defer(() => rm(stateFolder, { recursive: true, force: true }));
		{
			await using edge = await edgeFor({ n1: node.url }, { stateFolder });
			await untilNode(edge, "n1", ({ check }) => check!.word === "NO CHECK");
			attachEdge(node.io, { node: "n1", servers: [node.http] });
			const checked = await untilNode(edge, "n1", ({ check }) => check!.word === "L7OK");
			expect(checked.hint).toBeNull();
		}
		await node[Symbol.asyncDispose]();
		first.use(await Unmodified.start(status(404), port));
		await using edge = await edgeFor({ n1: `http://127.0.0.1:${port}` }, { stateFolder });
		const down = await untilNode(edge, "n1", ({ state }) => state === "DOWN");
		expect(down).toMatchObject({ check: { word: "L7STS", status: 404 }, hint: null });
	});

	it.each([
		["its health path", { health_path: "/status" }, "L7STS", "DOWN"],
		["the expected status", { health: { ...QUICK.health, status: 204 } }, "L7STS", "DOWN"],
		[
			"both as the hint says",
			{ health_path: "/socket.io/?EIO=4&transport=none", health: { ...QUICK.health, status: 400 } },
			"L7OK",
			"UP",
		],
	])("is checked as the operator says who configures %s", async (_what, pool, word, state) => {
		await using node = await Unmodified.start(status(404));
		await using edge = await edgeFor({ n1: node.url }, { pool });
		const view = await untilNode(edge, "n1", (each) => each.state === state);
		expect(view.check!.word).toBe(word);
	});
});

describe("an operator's weight", () => {
	it("survives restarts until the configured weight changes, and does not return with it", async () => {
		await using node = await Unmodified.start(status(404));
		const stateFolder = await mkdtemp(join(tmpdir(), "weight-"));
		const weightWith = async (configured: number, change?: number) => {
			await using edge = await edgeFor(
				{ n1: node.url },
				{ stateFolder, nodes: { n1: { weight: configured } } },
			);
			if (change !== undefined) await setWeight(edge, change);
			const { weight, operatorWeight } = (await viewsOf(edge))["n1"]!;
			return { weight, operatorWeight };
		};
		try {
			expect(await weightWith(100, 20)).toEqual({ weight: 20, operatorWeight: 20 });
			expect(await weightWith(100)).toEqual({ weight: 20, operatorWeight: 20 });
			expect(await weightWith(50)).toEqual({ weight: 50, operatorWeight: null });
			expect(await weightWith(100)).toEqual({ weight: 100, operatorWeight: null });
		} finally {
			await rm(stateFolder, { recursive: true, force: true });
		}
	});
});

async function setWeight(edge: RunningEdge, weight: number): Promise<void> {
	const headers = { authorization: `Bearer ${TOKEN}`, "x-edge-operator": "anna" };
	const answer = await secureFetch(`${edge.https}/__edge/nodes/n1`, {
		method: "POST",
		headers,
		body: JSON.stringify({ weight }),
	});
	expect(answer.status).toBe(200);
}
