import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseExposition } from "../support/edge/exposition-parser.ts";
import { parseHaproxyCsv } from "../support/edge/haproxy-csv.ts";
import { nodeOf, type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

interface Row {
	readonly proxy: string;
	readonly server: string;
	readonly counts: Readonly<Record<string, number>>;
	readonly total: number;
	readonly live: number | null;
	readonly upgraded: number | null;
	readonly status: string;
}
interface Statistics {
	readonly source: string;
	readonly frontend: Row;
	readonly backends: readonly Row[];
	readonly nodes: readonly Row[];
}

const AUTH = { authorization: "Bearer rig-token" };
let rig: Rig;
let state: string;
const start = () =>
	startRig({
		pool: { health: { interval: 1 } },
		edge: { stateFolder: state },
		variables: { EDGE: { log_percent: 100 } },
	});

beforeAll(async () => {
	state = await mkdtemp(join(tmpdir(), "stats-line-"));
	rig = await start();
});
afterAll(async () => {
	await rig[Symbol.asyncDispose]();
	await rm(state, { recursive: true, force: true });
});

const read = async () => (await rig.own("stats.json")) as Statistics;
const backend = ({ backends }: Statistics, proxy: string) => backends.find((row) => row.proxy === proxy)!;

async function upgraded(socket: Socket): Promise<void> {
	if (socket.io.engine.transport.name !== "websocket")
		await new Promise<void>((resolve) => socket.io.engine.once("upgrade", () => resolve()));
}

/** Reads the statistics until the condition holds: a node's report arrives with the next probe. */
async function until(holds: (statistics: Statistics) => boolean): Promise<Statistics> {
	for (const end = Date.now() + 10_000; ; ) {
		const statistics = await read();
		if (holds(statistics)) return statistics;
		if (Date.now() > end) throw new Error(`the condition never held: ${JSON.stringify(statistics.backends)}`);
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

describe("the statistics of a running edge", () => {
	test("count the sessions, upgrades and live sessions of each transport", async () => {
		const polling = await Promise.all([1, 2].map(() => rig.connect({ transports: ["polling"] })));
		const websocket = await Promise.all([1, 2, 3].map(() => rig.connect({ transports: ["websocket"] })));
		const upgrading = await rig.connect();
		await upgraded(upgrading);
		const flash = new WebSocket(
			`${rig.edge.https.replace("https", "wss")}/socket.io/?EIO=4&transport=flashsocket`,
			{ ca: rig.ca },
		);
		await once(flash, "open");
		const statistics = await until(
			(now) =>
				backend(now, "app_websocket").live === 4 &&
				backend(now, "app_polling").live === 2 &&
				backend(now, "app_flashsocket").live === 1,
		);
		expect(statistics.source).toBe("ledger");
		expect(statistics.frontend.total).toBe(7);
		expect(backend(statistics, "app_polling")).toMatchObject({ total: 3, upgraded: 1 / 3 });
		expect(backend(statistics, "app_websocket")).toMatchObject({
			total: 3,
			counts: { upgrades_tried: 1, upgrades_done: 1 },
		});
		expect(backend(statistics, "app_flashsocket")).toMatchObject({ total: 1 });
		const byNode = statistics.nodes.filter((row) => row.proxy === "app_websocket").map((row) => row.total);
		expect(byNode.reduce((sum, one) => sum + one, 0)).toBe(3);
		for (const socket of [...polling, ...websocket, upgrading]) socket.disconnect();
		flash.close();
	});

	test("have the same numbers in every format, and a parser for each format accepts them", async () => {
		const get = async (path: string) =>
			(await secureFetch(`${rig.edge.https}/__edge/${path}`, { headers: AUTH })).body;
		const csv = parseHaproxyCsv(await get("stats.csv"));
		const series = parseExposition(await get("metrics"));
		const json = await read();
		for (const row of json.backends) {
			expect(
				csv.find((each) => each["pxname"] === row.proxy && each["svname"] === "BACKEND")?.["stot"],
				row.proxy,
			).toBe(String(row.total));
			const sample = series.find(
				({ name, labels }) => name === "haproxy_backend_sessions_total" && labels["proxy"] === row.proxy,
			);
			expect(sample?.value, row.proxy).toBe(row.total);
		}
		expect(await get("stats")).toContain(`<b class="">${json.frontend.total}</b>`);
	});

	test("count sessions that are gone, denials and redirects in the right rows", async () => {
		const before = await read();
		const sticky = (sid: string) =>
			secureFetch(`${rig.edge.https}/socket.io/?EIO=4&transport=polling&sid=${sid}`);
		expect((await sticky("zzz0123456789abcdefg")).status).toBe(400);
		expect((await sticky("d0N0123456789abcdefg")).body).toContain('"code":1');
		await secureFetch(`${rig.edge.https}/socket.io/?EIO=3&transport=polling`);
		await secureFetch(`${rig.edge.http}/socket.io/?EIO=4&transport=polling`);
		await secureFetch(`${rig.edge.https}/socket.io/?EIO=4&transport=polling`, {
			headers: { origin: "https://evil.test" },
		});
		const after = await read();
		const added = (name: string, of: (statistics: Statistics) => Row) =>
			(of(after).counts[name] ?? 0) - (of(before).counts[name] ?? 0);
		const polling = (statistics: Statistics) => backend(statistics, "app_polling");
		const front = (statistics: Statistics) => statistics.frontend;
		expect([
			added("gone", polling),
			added("code_1", polling),
			added("code_5", polling),
			added("denied", polling),
		]).toEqual([1, 2, 1, 2]);
		expect([added("denied_eio", front), added("denied_origin", front), added("redirected", front)]).toEqual([
			1, 1, 1,
		]);
	});

	test("follow an operator's changes and a killed node", async () => {
		const setState = (state: string) =>
			secureFetch(`${rig.edge.https}/__edge/nodes/n2`, {
				method: "POST",
				headers: { ...AUTH, "x-edge-operator": "anna" },
				body: JSON.stringify({ state }),
			});
		expect((await setState("maint")).status).toBe(200);
		const n2 = (statistics: Statistics) => statistics.nodes.find((row) => row.server === "n2")!;
		expect(n2(await read()).status).toBe("MAINT");
		await setState("ready");
		const socket = await rig.connect({ transports: ["websocket"], reconnection: false });
		const node = rig.nodes.find(({ id }) => id === "n3")!;
		await node.signal("SIGKILL");
		await until((statistics) => statistics.nodes.some((row) => row.server === "n3" && row.status === "DOWN"));
		expect(await rig.connect({ transports: ["polling"] }).then(nodeOf)).not.toBe("n3");
		socket.disconnect();
		await rig.restart(node);
		await until((statistics) => statistics.nodes.every((row) => row.status === "UP"));
	});

	test("come with a log of one JSON line per session, without any session id, cookie, token or query value", async () => {
		const lines = rig.log
			.filter((line) => line.startsWith("{"))
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		const sessions = lines.filter((line) => line["termination"] === "--NI" && line["ending"] === "passed");
		expect(sessions.length).toBeGreaterThanOrEqual(9);
		for (const line of sessions) expect(line).toMatchObject({ event: "request", pool: "app", level: "info" });
		expect(lines.filter(({ event }) => event === "audit")).toHaveLength(2);
		const text = rig.log.join("\n");
		expect(text).not.toMatch(/sid=|EIO=|transport=|rig-token|Bearer|edge_app=/);
		expect(text).not.toMatch(/"(?:d0N|eF0|d6r)[A-Za-z0-9_-]{17}"/);
	});

	test("keep their totals across a restart of the edge", async () => {
		const before = await read();
		await rig[Symbol.asyncDispose]();
		rig = await start();
		const after = await read();
		expect(after.frontend.total).toBe(before.frontend.total);
		expect(after.frontend.counts["requests"]).toBeGreaterThanOrEqual(before.frontend.counts["requests"]!);
		const socket = await rig.connect({ transports: ["websocket"] });
		expect((await read()).frontend.total).toBe(before.frontend.total + 1);
		socket.disconnect();
	});
});
