/** One column of the matrix: every client in every mode against one kind of node, through a real edge over TLS. */
import { edgeDefaults, startEdge } from "../../../worker/selfhost/edge.ts";
import { secureFetch } from "../edge/secure-fetch.ts";
import { until } from "../until.ts";
import type { Mode } from "./clients.ts";
import { type Cell, factsOf, isProvable, isUnsteady, type Lack, lacks } from "./facts.ts";
import { type NodeKind, NodeProcess } from "./nodes.ts";
import type { ClientProcess, ClientSession } from "./sessions.ts";

/** Only guards: a JVM answers its first request after some seconds, and all cells connect at once. */
const STEP_MS = 20_000;
/** From the kill of its node until a session's echo from another one. */
const BACK_MS = 10_000;
/** The same where attempts to connect are lost as well, after each of which the client waits for up to 5 s. */
const UNSTEADY_BACK_MS = 30_000;
/** The sessions that a cell without steadiness may open until one of them passes all steps. */
const UNSTEADY_SESSIONS = 3;
/** How long a client that is connected to a node itself may fail to do what a fact says it cannot. */
const PROOF_MS = 5000;
const UP_LIMIT_MS = 15_000;

const ASCII = "echo";
const BEYOND_ASCII = "grüße – 你好 €";
// A first byte that Engine.IO 3 would read as a packet type, and bytes that are not UTF-8.
const BYTES = Buffer.from([4, 0, 255, 254, 49, 128, 10]);

/** The client that opens the first session of each node. */
const WARMING = "socket.io-client-4.8";

const TOKEN = "matrix-token";
const HEALTH = { interval: 1, timeout: 1, rise: 1, fall: 2 };

/** What a column showed. */
export interface ColumnResult {
	/** For each cell why it failed; null = it did not. */
	readonly failures: ReadonlyMap<Cell, string | null>;
	/** For each cell with provable facts why one of them is wrong or could not be checked; null = they hold. */
	readonly wrongFacts: ReadonlyMap<Cell, string | null>;
	/** Nodes that the edge did not report UP in time, and when. */
	readonly notUp: readonly string[];
	/** How nodes ended that were not killed here. */
	readonly endedNodes: readonly string[];
	/** Log lines about errors of the edge itself, and about Socket.IO clients that it answered 5xx. */
	readonly errors: readonly string[];
}

/** Runs the cells of one kind of node. `clients` has a process for each client's id. */
export async function runColumn(
	kind: NodeKind,
	cells: readonly Cell[],
	clients: ReadonlyMap<string, ClientProcess>,
): Promise<ColumnResult> {
	await using n1 = await NodeProcess.start(kind, "n1");
	await using n2 = await NodeProcess.start(kind, "n2");
	await using parts = new AsyncDisposableStack();
	const log: string[] = [];
	const nodes = [n1, n2].map(({ id, url }) => ({ id, url }));
	const pool = { slow_start: 0, health: HEALTH, ...kind.pool, nodes };
	const edge = parts.use(
		await startEdge({
			...(await edgeDefaults()),
			token: TOKEN,
			log: (line) => log.push(line),
			variables: { POOL_APP: pool },
		}),
	);
	// The nodes are ended before the edge, since a draining workerd waits for the polls that they hold.
	parts.defer(async () => void (await Promise.all([n1.kill(), n2.kill()])));
	const notUp: string[] = [];
	const waitUntilUp = async (when: string) => {
		const isUp = async () => (await states(edge.https)).every((state) => state === "UP");
		await until("all nodes are UP", isUp, UP_LIMIT_MS).catch(async () => {
			notUp.push(`${when}: ${(await states(edge.https)).join(", ")}`);
		});
	};

	// At some kinds of nodes a polling session may be lost at any time.
	const warmMode = isUnsteady(kind) ? "websocket" : "upgrade";
	await Promise.all([n1, n2].map((node) => warmUp(node, warmMode, clients)));
	const possible = cells.filter((cell) => !lacks(cell, "all"));
	const wrongFacts = new Map<Cell, string | null>();
	await Promise.all(
		cells.filter(isProvable).map(async (cell) => {
			const client = clients.get(cell.client.id)!;
			const wrong = await checkFacts(cell, n1.url, client);
			// A client that has ended proves nothing.
			wrongFacts.set(cell, client.death?.message ?? wrong);
		}),
	);
	await waitUntilUp("at first");
	const runs = possible.map((cell) => new CellRun(cell, clients.get(cell.client.id)!, edge.https));
	await Promise.all(runs.map((run) => run.begin()));
	const survive = async (victim: NodeProcess) => {
		await victim.kill();
		await Promise.all(runs.map((run) => run.survive(victim.id)));
	};
	await survive(n1);
	await n1.restart();
	await warmUp(n1, warmMode, clients);
	await waitUntilUp("after the restart of n1");
	await survive(n2);
	for (const run of runs) run.end();
	return {
		failures: new Map(runs.map(({ cell, failure }) => [cell, failure])),
		wrongFacts,
		notUp,
		endedNodes: [...n1.ends, ...n2.ends],
		errors: log.filter((line) => isInternal(line) || (!isUnsteady(kind) && isRefusal(line))),
	};
}

async function states(edge: string): Promise<string[]> {
	const { body } = await secureFetch(`${edge}/__edge/pools/app`, {
		headers: { authorization: `Bearer ${TOKEN}` },
	});
	return (JSON.parse(body) as { nodes: { state: string }[] }).nodes.map(({ state }) => state);
}

const isInternal = (line: string) => line.includes("EDGE_INTERNAL");

/** Whether a client of Socket.IO was answered 5xx; a browser's request for an icon, which some nodes do not answer, is none. */
const isRefusal = (line: string) => /"status":5\d\d/.test(line) && !line.includes('"traffic":"http"');

/** Opens a session at the node itself: a JVM takes seconds for its first, and python-socketio's client waits 1 s when it reconnects. */
async function warmUp(
	node: NodeProcess,
	mode: Mode,
	clients: ReadonlyMap<string, ClientProcess>,
): Promise<void> {
	const session = clients.get(WARMING)!.open(node.url, mode);
	await node.orDeath(session.connected(STEP_MS));
	await node.orDeath(session.settled(STEP_MS, ({ isUpgraded }) => isUpgraded));
	session.close();
}

/** A cell on its way: one session that goes through all steps, or stops at the first that fails. */
class CellRun {
	readonly cell: Cell;
	failure: string | null = null;
	#node = "";
	readonly #isSteady: boolean;
	readonly #open: () => ClientSession;
	#session: ClientSession;

	constructor(cell: Cell, client: ClientProcess, url: string) {
		this.cell = cell;
		this.#isSteady = !lacks(cell, "steadiness");
		this.#open = () => client.open(url, cell.mode, lacks(cell, "reconnection"));
		this.#session = this.#open();
	}

	/** Opens a session and uses it; another one if it fails at a kind of node that loses sessions now and then. */
	async begin(): Promise<void> {
		await this.#use();
		for (
			let sessions = 1;
			!this.#isSteady && this.failure !== null && sessions < UNSTEADY_SESSIONS;
			sessions++
		) {
			this.failure = null;
			this.#session.close();
			this.#session = this.#open();
			await this.#use();
		}
	}

	async #use(): Promise<void> {
		const session = this.#session;
		await this.#step("connect", () => session.connected(STEP_MS));
		await this.#step("transport", async () => {
			this.#node = await session.settled(STEP_MS, ({ isUpgraded }) => isUpgraded);
		});
		await this.#step("echo", () => session.echo(STEP_MS, ASCII));
		if (!lacks(this.cell, "text beyond ASCII"))
			await this.#step("text beyond ASCII", () => session.echo(STEP_MS, BEYOND_ASCII));
		if (!lacks(this.cell, "bytes")) await this.#step("bytes", () => session.binary(STEP_MS, BYTES));
		if (this.#isSteady)
			await this.#step("connect at once and stay connected", async () => session.undisturbed());
		session.forget();
	}

	/** After the kill of a node: a session of that node must be on another one and echo again in time. A client does not repeat a lost upgrade. */
	async survive(killed: string): Promise<void> {
		if (this.#node !== killed || lacks(this.cell, "reconnection")) return;
		const session = this.#session;
		const end = Date.now() + (this.#isSteady ? BACK_MS : UNSTEADY_BACK_MS);
		await this.#step(`reconnect after the kill of ${killed}`, async () => {
			await session.connected(end - Date.now());
			this.#node = await session.settled(
				end - Date.now(),
				({ node, isUpgraded }) => node !== killed && (isUpgraded || !this.#isSteady),
			);
			await session.echo(end - Date.now(), ASCII);
		});
		session.forget();
	}

	end(): void {
		this.#session.close();
	}

	async #step(name: string, run: () => Promise<void>): Promise<void> {
		if (this.failure !== null) return;
		try {
			await run();
		} catch (error) {
			this.failure = `${name}: ${(error as Error).message}`;
		}
	}
}

/** Tries at the node itself what the facts about a cell say it lacks, and says which fact does not hold; null = all do. */
async function checkFacts(cell: Cell, url: string, client: ClientProcess): Promise<string | null> {
	const session = client.open(url, cell.mode, lacks(cell, "reconnection"));
	const attempts: Readonly<Partial<Record<Lack, () => Promise<unknown>>>> = {
		all: () =>
			session.settled(PROOF_MS, ({ isUpgraded }) => isUpgraded).then(() => session.echo(PROOF_MS, ASCII)),
		"text beyond ASCII": () => session.echo(PROOF_MS, BEYOND_ASCII),
		bytes: () => session.binary(PROOF_MS, BYTES),
	};
	const lacking = factsOf(cell).flatMap((fact) => (fact.unproven === undefined ? [fact.lacks] : []));
	const limit = lacking.includes("all") ? PROOF_MS : STEP_MS;
	try {
		const connected = await session.connected(limit).then(
			() => true,
			() => false,
		);
		if (!connected) return lacking.includes("all") ? null : "does not connect at all";
		for (const lack of lacking) {
			const works = await attempts[lack]!().then(
				() => true,
				() => false,
			);
			if (works) return `${lack} works`;
		}
		return null;
	} finally {
		session.close();
	}
}
