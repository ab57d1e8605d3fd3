import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";
import { type NodeProcess, nodeOf, type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const QUICK = { health: { interval: 1, timeout: 1, rise: 1, fall: 1 }, slow_start: 0 };
const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

async function handshake(rig: Rig) {
	const from = performance.now();
	const { status, body } = await secureFetch(rig.edge.https + HANDSHAKE);
	return { status, milliseconds: performance.now() - from, tag: /"sid":"(...)/.exec(body)?.[1] };
}

/** Kills a process that this rig started, and resolves when it no longer exists. */
async function kill(pid: number) {
	process.kill(pid, "SIGKILL");
	await until("the process no longer exists", () => {
		try {
			process.kill(pid, 0);
			return false;
		} catch {
			return true;
		}
	});
}

describe("with the Durable Objects in a process of their own", () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await startRig({ pool: QUICK, edge: { stateProcess: true } });
	});
	afterAll(() => rig[Symbol.asyncDispose]());

	it("traffic continues while that process is frozen, delayed at most as in a new isolate", async () => {
		expect((await handshake(rig)).status).toBe(200);
		process.kill(rig.edge.statePid!, "SIGSTOP");
		try {
			const answers = await Promise.all(Array.from({ length: 10 }, () => handshake(rig)));
			expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
			expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
			const socket = await rig.connect({ transports: ["polling"] });
			expect(await socket.timeout(3000).emitWithAck("echo", 1)).toBe(1);
		} finally {
			process.kill(rig.edge.statePid!, "SIGCONT");
		}
	});

	it("traffic continues after that process is killed, and it is restarted", async () => {
		const before = rig.edge.statePid!;
		await kill(before);
		for (let i = 0; i < 5; i++) expect((await handshake(rig)).status).toBe(200);
		await until("the state process was restarted", () => rig.edge.statePid !== before);
		expect((await handshake(rig)).status).toBe(200);
	});
});

describe("a new isolate whose monitor does not answer", () => {
	it("waits 150 ms once, then relies on its configuration", async () => {
		await using rig = await startRig({ edge: { stateProcess: true } });
		process.kill(rig.edge.statePid!, "SIGSTOP");
		const first = await handshake(rig);
		const second = await handshake(rig);
		process.kill(rig.edge.statePid!, "SIGCONT");
		expect(first.status).toBe(200);
		expect(first.milliseconds).toBeGreaterThan(140);
		expect(first.milliseconds).toBeLessThan(1000);
		expect(second.milliseconds).toBeLessThan(140);
	});
});

describe("the monitor", () => {
	it("reports every node DOWN by mistake, and traffic continues (panic rule)", async () => {
		await using rig = await startRig({ pool: { ...QUICK, health_path: "/not-there" } });
		await handshake(rig);
		await until("all nodes are DOWN", async () => {
			const states = await statesOf(rig);
			return states.length === 3 && states.every(({ state }) => state === "DOWN");
		});
		const tags = new Set<string | undefined>();
		for (let i = 0; i < 12; i++) {
			const { status, tag } = await handshake(rig);
			expect(status).toBe(200);
			tags.add(tag);
		}
		expect(tags.size).toBe(3);
	});

	it("reports a frozen node DOWN with the reason, and UP when it continues", async () => {
		await using rig = await startRig({ pool: QUICK });
		const node = rig.nodes[1] as NodeProcess;
		await handshake(rig);
		await node.signal("SIGSTOP");
		await until("n2 is DOWN", async () =>
			(await statesOf(rig)).some(({ node, state }) => node === "n2" && state === "DOWN"),
		);
		const down = (await statesOf(rig)).find(({ node }) => node === "n2")!;
		expect(down.reason).toMatch(/^L4TOUT in \d+ ms$/);
		await node.signal("SIGCONT");
		await until("n2 is UP", async () =>
			(await statesOf(rig)).some(({ node, state }) => node === "n2" && state === "UP"),
		);
	});
});

describe("an operator", () => {
	it("can add a node at weight 0, raise its weight, drain it and set it to maint: no session is ended except those of that node, by maint", async () => {
		await using rig = await startRig({ pool: QUICK, node: { n3: { weight: 0 } } });
		const old = await Promise.all(Array.from({ length: 8 }, () => rig.connect({ transports: ["polling"] })));
		const drops: string[] = [];
		for (const socket of old) socket.on("disconnect", (reason) => drops.push(reason));
		expect(await Promise.all(old.map(nodeOf))).not.toContain("n3");

		await change(rig, "n3", { weight: 100 });
		await until("n3 has new sessions", async () => (await handshake(rig)).tag === "d6r");
		const socket = await sessionAt(rig, "n3");
		let drainDrops = 0;
		socket.on("disconnect", () => {
			drainDrops += 1;
		});

		await change(rig, "n3", { state: "drain" });
		await until("n3 gets no new sessions", async () =>
			(await Promise.all(Array.from({ length: 6 }, () => handshake(rig)))).every(({ tag }) => tag !== "d6r"),
		);
		expect(await socket.timeout(3000).emitWithAck("echo", "still")).toBe("still");
		expect(drainDrops).toBe(0);

		const moved = new Promise<void>((resolve) => socket.io.once("reconnect", () => resolve()));
		await change(rig, "n3", { state: "maint" });
		// A poll that the node already holds stays open. The session's next request is answered with code 1.
		await until("its next request is refused", async () => {
			await socket
				.timeout(500)
				.emitWithAck("echo", "x")
				.catch(() => {});
			return !socket.connected;
		});
		await moved;
		expect(await nodeOf(socket)).not.toBe("n3");
		expect(drops).toEqual([]);
	});
});

describe("an operator's change", () => {
	it("survives a restart of all processes: the first sessions avoid the node in maintenance", async () => {
		const stateFolder = await mkdtemp(join(tmpdir(), "edge-state-"));
		try {
			await using rig = await startRig({ pool: QUICK, edge: { stateFolder } });
			await handshake(rig);
			await change(rig, "n1", { state: "maint" });
			await rig.edge.stop();
			const variables = { POOL_APP: { ...QUICK, nodes: rig.nodes.map(({ id, url }) => ({ id, url })) } };
			await using restarted = await startEdge({ ...(await edgeDefaults()), variables, stateFolder });
			const answers = [];
			for (let i = 0; i < 9; i++) answers.push(await secureFetch(restarted.https + HANDSHAKE));
			const tags = answers.map(({ body }) => /"sid":"(...)/.exec(body)![1]);
			expect(tags).not.toContain(tagOf("n1"));
		} finally {
			await rm(stateFolder, { recursive: true, force: true });
		}
	});
});

interface NodeState {
	readonly node: string;
	readonly state: string;
	readonly reason: string;
}

async function statesOf(rig: Rig): Promise<readonly NodeState[]> {
	return ((await rig.own("pools/app")) as { nodes: readonly NodeState[] }).nodes;
}

async function change(rig: Rig, node: string, body: object): Promise<void> {
	await rig.own(`nodes/${node}`, {
		method: "POST",
		headers: { "content-type": "application/json", "x-edge-operator": "test" },
		body: JSON.stringify(body),
	});
}

async function sessionAt(rig: Rig, node: string) {
	for (let i = 0; i < 40; i++) {
		const socket = await rig.connect({ transports: ["polling"] });
		if ((await nodeOf(socket)) === node) return socket;
		socket.disconnect();
	}
	throw new Error(`no session at ${node} in 40 tries`);
}
