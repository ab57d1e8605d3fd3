import { Agent } from "node:https";
import { createConnection } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { type NodeHealth, VERDICT_LIFETIME_MS } from "../../worker/contract.ts";
import { ENGINE_PATH, head, POLLING, UPGRADE, WEBSOCKET } from "../support/edge/hostile/attack.ts";
import { openPolling } from "../support/edge/hostile/session.ts";
import { Tally } from "../support/edge/hostile/tally.ts";
import { statusOfRaw } from "../support/edge/raw.ts";
import { type Rig, type RigOptions, startRig } from "../support/edge/rig.ts";
import { secureFetch, statusOf } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const UNANSWERED = head("GET", "/ws", UPGRADE);
/** Seconds. Engine.IO closes most upgrades at other paths after a second, and leaves some open. */
const TIMEOUTS = { handshake: 2, http: 1 };

const handshake = async (rig: Rig) => (await secureFetch(rig.edge.https + POLLING)).status;

async function handshakes(rig: Rig, count: number): Promise<number[]> {
	const statuses: number[] = [];
	for (let i = 0; i < count; i++) statuses.push(await handshake(rig));
	return statuses;
}

const allAre200 = (count: number) => Array<number>(count).fill(200);

/** Whether the edge's monitor has a report of every node. */
async function haveReported(rig: Rig): Promise<boolean> {
	const { nodes } = (await rig.own("stats.json")) as {
		nodes: { health: { opened: number | null } | null }[];
	};
	return nodes.every(({ health }) => typeof health?.opened === "number");
}

/** Handshakes one after another for as long as `work` takes; their statuses. */
async function handshakesDuring(rig: Rig, work: Promise<unknown>): Promise<number[]> {
	const statuses: number[] = [];
	let working = true;
	const end = () => {
		working = false;
	};
	work.then(end, end);
	while (working) {
		statuses.push(await handshake(rig));
		await pause(50);
	}
	await work;
	return statuses;
}

/** Three nodes with a session limit that the edge learns of soon. */
const LIMITED: RigOptions = {
	pool: { health: { interval: 1 } },
	node: { n1: { max_sessions: 30 }, n2: { max_sessions: 30 }, n3: { max_sessions: 30 } },
};

function upgradesAtOnce(rig: Rig, count: number): Promise<number[]> {
	return Promise.all(Array.from({ length: count }, () => statusOfRaw(rig.edge.https, UNANSWERED)));
}

describe.concurrent("upgrades that no node answers", () => {
	it("leave all handshakes 200, while twelve at once are tried and afterwards", async () => {
		await using rig = await startRig({ pool: { timeouts: TIMEOUTS } });
		const upgrades = upgradesAtOnce(rig, 12);
		const during = await handshakesDuring(rig, upgrades);
		expect(during.filter((status) => status !== 200)).toEqual([]);
		expect(during.length).toBeGreaterThan(5);
		expect(await handshakes(rig, 10)).toEqual(allAre200(10));
		expect((await upgrades).filter((status) => status < 400)).toEqual([]);
	});

	it("leave all handshakes 200 when one is sent each second for five seconds, after twelve at once", async () => {
		await using rig = await startRig({ pool: { timeouts: TIMEOUTS } });
		await upgradesAtOnce(rig, 12);
		const upgrades: Promise<number>[] = [];
		const timer = setInterval(() => upgrades.push(statusOfRaw(rig.edge.https, UNANSWERED)), 1000);
		const during = await handshakesDuring(rig, pause(5000));
		clearInterval(timer);
		expect(during.length).toBeGreaterThan(20);
		expect(during.filter((status) => status !== 200)).toEqual([]);
		expect((await Promise.all(upgrades)).filter((status) => status < 400)).toEqual([]);
	});

	it("end no live session of a pool with source stickiness, twelve at once", async () => {
		await using rig = await startRig({ pool: { stickiness: "source", timeouts: TIMEOUTS } });
		const tally = new Tally();
		const open = () => openPolling(rig.edge.https, "127.0.0.1", () => tally);
		const sessions = await Promise.all(Array.from({ length: 5 }, open));
		const failures: string[] = [];
		for (const { ended } of sessions) void ended.then((reason) => failures.push(reason));
		await upgradesAtOnce(rig, 12);
		// The sessions were silent meanwhile, as idle clients are.
		await Promise.all(
			sessions.map((session) => session.echo().catch((error) => failures.push(error.message))),
		);
		for (const session of sessions) session.drop();
		expect(failures).toEqual([]);
	});
});

describe("requests outside Engine.IO", () => {
	it("leave handshakes 200 when their nodes drop three of them", async () => {
		await using rig = await startRig();
		for (const method of ["GET", "HEAD", "GET"])
			expect(await statusOfRaw(rig.edge.https, head(method, "/drop"))).toBe(502);
		expect(await handshakes(rig, 10)).toEqual(allAre200(10));
	});

	it("leave handshakes 200 when their nodes never answer nine of them", async () => {
		await using rig = await startRig({ pool: { timeouts: TIMEOUTS, balance: "roundrobin" } });
		const bytes = head("GET", "/silent");
		const silent = Promise.all(Array.from({ length: 9 }, () => statusOfRaw(rig.edge.https, bytes)));
		const during = await handshakesDuring(rig, silent);
		expect(await silent).toEqual(Array(9).fill(504));
		expect(during.filter((status) => status !== 200)).toEqual([]);
		expect(await handshakes(rig, 10)).toEqual(allAre200(10));
	});
});

describe("a request that ends its node", () => {
	it.each([
		["GET", "/exit", 502],
		["HEAD", "/exit", 502],
		["POST", "/exit", 502],
		["GET", `${POLLING}&exit=1`, 503],
	])(
		"with %s %s ends at most one further node, and the others take all new sessions",
		async (method, target, status) => {
			const ids = ["n1", "n2", "n3", "n4"];
			await using rig = await startRig({ nodes: ids.map((id) => ({ id })) });
			expect(await statusOfRaw(rig.edge.https, head(method, target))).toBe(status);
			expect(await handshakes(rig, 20)).toEqual(allAre200(20));
			const { nodes } = (await rig.own("pools/app")) as { nodes: { url: string }[] };
			const living = await Promise.all(
				nodes.map(({ url }) =>
					fetch(`${url}/healthz`).then(
						() => true,
						() => false,
					),
				),
			);
			expect(living.filter(Boolean).length).toBeGreaterThanOrEqual(2);
		},
	);
});

describe("two nodes that end at the same time", () => {
	it("make no handshake fail", async () => {
		await using rig = await startRig();
		expect(await handshakes(rig, 3)).toEqual(allAre200(3));
		await Promise.all(rig.nodes.slice(0, 2).map((node) => node.signal("SIGKILL")));
		expect(await handshakes(rig, 10)).toEqual(allAre200(10));
	});
});

describe("handshakes whose clients leave before the nodes refuse them", () => {
	it("do not fill the edge's session limit, 120 within half a second", async () => {
		await using rig = await startRig(LIMITED);
		await until("all nodes have sent a report", () => haveReported(rig));
		await pause(VERDICT_LIFETIME_MS);
		const { hostname, port } = new URL(rig.edge.https);
		const bytes = head("GET", `${POLLING}&refuse=slowly`);
		for (let i = 0; i < 120; i++) {
			const connection = createConnection({ host: hostname, port: Number(port) });
			const secure = connect({ socket: connection, rejectUnauthorized: false }, () => {
				secure.write(bytes);
				setTimeout(() => connection.resetAndDestroy(), 100);
			});
			secure.on("error", () => {});
			await pause(4);
		}
		expect(await handshakes(rig, 10)).toEqual(allAre200(10));
	});
});

describe("handshakes that the nodes refuse", () => {
	it("do not fill the edge's session limit, 120 at a time", async () => {
		await using rig = await startRig(LIMITED);
		const agent = new Agent({ keepAlive: true, maxSockets: 8 });
		const refused = () => statusOf(agent, `${rig.edge.https}${POLLING}&refuse=1`);
		// The limit is in force once the edge uses a verdict with the nodes' reports.
		await until("all nodes have sent a report", () => haveReported(rig));
		await pause(VERDICT_LIFETIME_MS);
		for (let round = 0; round < 6; round++) {
			const answers = await Promise.all(Array.from({ length: 120 }, refused));
			expect(answers.filter((status) => status < 400)).toEqual([]);
			expect(await handshakes(rig, 1)).toEqual([200]);
		}
		agent.destroy();
	});
});

describe("OPTIONS with Upgrade", () => {
	it("opens no session at a node", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		const answers = await Promise.all(
			[WEBSOCKET, POLLING, ENGINE_PATH, `${WEBSOCKET}&sid=`].flatMap((target) =>
				Array.from({ length: 5 }, () => statusOfRaw(rig.edge.https, head("OPTIONS", target, UPGRADE))),
			),
		);
		expect(answers).not.toContain(101);
		const { body } = await secureFetch(`${rig.nodes[0]!.url}/healthz`);
		expect((JSON.parse(body) as NodeHealth).opened).toBe(0);
	});
});
