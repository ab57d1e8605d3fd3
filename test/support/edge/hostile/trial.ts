/** One attack on an edge of its own, beside well-behaved clients, and its result. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type NodeHealth, tagOf } from "../../../../worker/contract.ts";
import { until } from "../../until.ts";
import { cpuOf } from "../cpu.ts";
import { type Rig, startRig } from "../rig.ts";
import { secureFetch } from "../secure-fetch.ts";
import type { Attack } from "./attack.ts";
import type { AttackOrder, AttackReport } from "./attacker-process.ts";
import { Crowd, HELD_SESSIONS } from "./crowd.ts";
import { warmUp, watchMemory } from "./memory.ts";
import { Tally } from "./tally.ts";

const ATTACKER = fileURLToPath(new URL("./attacker-process.ts", import.meta.url));

export const ATTACK_MS = 10_000;
/** The nodes end a session that stays silent for the sum of both. */
const PING = { pingInterval: 2000, pingTimeout: 2000 };
/** A session of the attack's last moment, and the time in which the node notices. */
const SETTLE_LIMIT_MS = PING.pingInterval + PING.pingTimeout + 3000;
/** Short, so that what a node never answers ends within the attack. */
const POOL = { timeouts: { handshake: 3, poll: 20, post: 5, http: 2 }, health: { interval: 1 } };

export interface Trial {
	readonly sent: number;
	readonly statuses: Readonly<Record<string, number>>;
	readonly tally: Tally;
	/** The edge's peak in MiB during the attack, and during an identical second one. */
	readonly peaks: readonly number[];
	/** What the edge printed during the first attack. */
	readonly logLines: number;
	readonly logBytes: number;
	/** Nodes that are not UP after the attack. */
	readonly notUp: readonly string[];
	/** Difference between the nodes' sessions and those held by well-behaved clients, after the ping timeout. */
	readonly leaked: number;
	/** Sessions that the nodes opened and no well-behaved client asked for. */
	readonly foreign: number;
	/** The operator's requests for statistics during the attack: the slowest in ms, and those that failed. */
	readonly operatorMs: number;
	readonly operatorFailed: number;
	/** Cores that the edge was using, and that the whole machine was using, during the first attack. */
	readonly edgeCores: number;
	readonly machineCores: number;
}

/** Runs the attack; null = the control run, with no attack. */
export async function runTrial(attack: Attack | null, seed: number): Promise<Trial> {
	const ids = ["n1", "n2", "n3"];
	await using rig = await startRig({
		nodes: ids.map((id) => ({ id, ...PING })),
		pool: { ...POOL, ...attack?.pool },
		node: Object.fromEntries(ids.map((id) => [id, attack?.node ?? {}])),
	});
	if (attack !== null) await warmUp(rig.edge.pid, () => nodeRows(rig));
	await using crowd = await Crowd.start(rig.edge.https);
	const openedBefore = await sum(rig, "opened");
	await using attackers = new AsyncDisposableStack();
	const start = async () => {
		if (attack === null) return null;
		const child = await startAttacker(rig, attack.name, seed);
		attackers.defer(() => end(child));
		return child;
	};
	const tally = new Tally();
	crowd.tally = tally;
	const peaks: number[] = [];
	const log = rig.log.length;
	const attacker = await start();
	const first = await attackOnce(rig, crowd, attacker);
	peaks.push(first.peak);
	const lines = rig.log.slice(log);
	const foreign = (await sum(rig, "opened")) - openedBefore - tally.opened;
	const leaked = await settle(rig);
	const notUp = await nodesNotUp(rig);
	if (attack !== null) {
		if (attack.secondRun !== "beside") await end(attacker!);
		peaks.push((await attackOnce(rig, crowd, await start())).peak);
	}
	crowd.tally = new Tally();
	return {
		...first,
		tally,
		peaks,
		logLines: lines.length,
		logBytes: lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0),
		notUp,
		leaked,
		foreign,
	};
}

async function startAttacker(rig: Rig, name: string, seed: number): Promise<ChildProcess> {
	const child = fork(ATTACKER, [], { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
	const { hostname: host, port } = new URL(rig.edge.https);
	const target = {
		host,
		httpsPort: Number(port),
		httpPort: Number(new URL(rig.edge.http).port),
		tags: rig.nodes.map(({ id }) => tagOf(id)),
	};
	child.send({ target, name, seed, ms: ATTACK_MS } satisfies AttackOrder);
	await answerOf(child);
	return child;
}

/** The attacker's next message; rejects if its process ends first. */
async function answerOf(child: ChildProcess): Promise<unknown> {
	const ended = once(child, "exit").then(() => Promise.reject(endOf(child)));
	const [message] = await Promise.race([once(child, "message"), ended]);
	return message;
}

/** Lets the attacker begin, and resolves with its report; without an attacker, waits as long as an attack takes. */
async function attackWith(attacker: ChildProcess | null): Promise<AttackReport> {
	if (attacker === null) {
		await pause(ATTACK_MS);
		return { sent: 0, statuses: {} };
	}
	if (hasEnded(attacker)) throw endOf(attacker);
	attacker.send("attack");
	return (await answerOf(attacker)) as AttackReport;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
const endOf = (child: ChildProcess) =>
	new Error(`the attacker ended (exit ${child.exitCode ?? child.signalCode})`);

async function end(child: ChildProcess): Promise<void> {
	if (hasEnded(child)) return;
	const ended = once(child, "exit");
	child.kill("SIGKILL");
	await ended;
}

async function attackOnce(rig: Rig, crowd: Crowd, attacker: ChildProcess | null) {
	const peak = await watchMemory(rig.edge.pid);
	const startedAt = performance.now();
	const [edgeBefore, machineBefore] = [await edgeCpu(rig), machineCpu()];
	crowd.open();
	const operator = watchOperator(rig);
	const report = await attackWith(attacker).catch(async (error) => {
		await Promise.all([operator.stop(), peak()]);
		throw error;
	});
	const ms = performance.now() - startedAt;
	const edgeCores = ((await edgeCpu(rig)) - edgeBefore) / ms;
	const machineCores = (machineCpu() - machineBefore) / ms;
	const { operatorMs, operatorFailed } = await operator.stop();
	await crowd.close();
	return { ...report, operatorMs, operatorFailed, edgeCores, machineCores, peak: await peak() };
}

/** Milliseconds of CPU so far; NaN when the edge has ended. */
const edgeCpu = (rig: Rig) => cpuOf(rig.edge.pid).catch(() => Number.NaN);

/** Milliseconds of CPU of everything on this machine so far. */
function machineCpu(): number {
	return cpus().reduce((all, { times }) => all + times.user + times.nice + times.sys + times.irq, 0);
}

const OPERATOR_INTERVAL_MS = 500;

/** The operator looks at the statistics from time to time. */
function watchOperator(rig: Rig) {
	let operatorMs = 0;
	let operatorFailed = 0;
	const look = async () => {
		const startedAt = performance.now();
		await nodeRows(rig).catch(() => {
			operatorFailed += 1;
		});
		operatorMs = Math.max(operatorMs, performance.now() - startedAt);
	};
	const looks: Promise<void>[] = [];
	const timer = setInterval(() => looks.push(look()), OPERATOR_INTERVAL_MS);
	return {
		async stop() {
			clearInterval(timer);
			await Promise.all(looks);
			return { operatorMs, operatorFailed };
		},
	};
}

/** Waits until the nodes have the sessions of those that stay and no others; resolves with the difference that is left. */
async function settle(rig: Rig): Promise<number> {
	const difference = async () => (await sum(rig, "sessions")) - HELD_SESSIONS;
	const isSettled = async () => (await difference()) === 0;
	// A difference that is left is a result of the trial, not an error.
	return until("the nodes have the held sessions only", isSettled, SETTLE_LIMIT_MS).then(() => 0, difference);
}

async function sum(rig: Rig, field: "sessions" | "opened"): Promise<number> {
	const reports = await Promise.all(rig.nodes.map(({ url }) => secureFetch(`${url}/healthz`)));
	return reports.reduce((all, { body }) => all + (JSON.parse(body) as NodeHealth)[field], 0);
}

interface NodeRow {
	readonly server: string;
	readonly status: string;
}

/** The statistics' rows of the nodes; rejects when the operator gets no statistics. */
async function nodeRows(rig: Rig): Promise<readonly NodeRow[]> {
	const { nodes } = (await rig.own("stats.json")) as { nodes?: readonly NodeRow[] };
	if (nodes === undefined || nodes.length === 0) throw new Error("stats.json has no nodes");
	return nodes;
}

async function nodesNotUp(rig: Rig): Promise<string[]> {
	try {
		const others = (await nodeRows(rig)).filter(({ status }) => status !== "UP");
		return [...new Set(others.map(({ server, status }) => `${server} ${status}`))];
	} catch (error) {
		return [`statistics: ${(error as Error).message}`];
	}
}
