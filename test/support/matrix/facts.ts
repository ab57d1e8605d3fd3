/**
 * What clients and nodes cannot do with each other, with or without an edge between them. Each fact is proven in
 * every run, unless it says why not: the same client, connected to the node itself, must fail in the same step.
 */
import { type MatrixClient, MODES, type Mode } from "./clients.ts";
import type { NodeKind } from "./nodes.ts";

/** What does not work: `all` = no usable connection; `steadiness` = a session or its upgrade is lost now and then. */
export type Lack = "all" | "text beyond ASCII" | "bytes" | "steadiness" | "reconnection";

export interface Fact {
	readonly lacks: Lack;
	/** null = all. */
	readonly clients: readonly string[] | null;
	readonly nodes: readonly string[] | null;
	readonly modes: readonly Mode[];
	/** The footnote: why, with its source. */
	readonly reason: string;
	/** Why a run cannot prove it. */
	readonly unproven?: string;
}

export const FACTS: readonly Fact[] = [
	{
		lacks: "all",
		clients: ["socket.io-client-2"],
		nodes: ["python"],
		modes: MODES,
		reason: 'python-socketio 5 speaks Engine.IO 4 only (its documentation, "Version compatibility")',
	},
	{
		lacks: "all",
		clients: ["starscream"],
		nodes: null,
		modes: ["polling", "upgrade"],
		reason: "Starscream is a WebSocket library",
		unproven: "the client has no such mode",
	},
	{
		lacks: "all",
		clients: ["starscream"],
		nodes: ["python"],
		modes: ["websocket"],
		reason:
			"python-engineio compares the Origin as text with http:// or https:// and the host, so it refuses wss:// unless `cors_allowed_origins` lists it (`_cors_allowed_origins` in its base_server.py)",
	},
	{
		lacks: "all",
		clients: ["go"],
		nodes: null,
		modes: ["polling"],
		reason:
			"this Go client sends polls and posts through one queue, so a post waits until the poll before it is answered (`writeQueue` in clients/engine/polling.go)",
	},
	{
		lacks: "all",
		clients: ["go"],
		nodes: ["python"],
		modes: ["upgrade"],
		reason:
			"at python-engineio the same queue delays the upgrade to the next ping (25 s), unless the post happens to be first",
		unproven: "it happens to work now and then",
	},
	{
		lacks: "all",
		clients: ["socket.io-client-3", "socket.io-client-4.0"],
		nodes: ["netty"],
		modes: ["polling", "upgrade"],
		reason:
			"when asked with `b64=1`, as these clients do in Node.js, netty-socketio answers an Engine.IO 4 client in the framing of Engine.IO 3 (`113:0{…}`)",
	},
	{
		lacks: "text beyond ASCII",
		clients: ["socket.io-client-2"],
		nodes: ["netty"],
		modes: ["polling"],
		reason: "without text beyond ASCII, which netty-socketio sends back encoded as UTF-8 twice",
	},
	{
		lacks: "bytes",
		clients: null,
		nodes: ["netty"],
		modes: MODES,
		reason:
			"without binary events: netty-socketio adds Engine.IO 3's type byte to their bytes, or loses them on polling",
	},
	{
		lacks: "steadiness",
		clients: null,
		nodes: ["netty"],
		modes: ["polling", "upgrade"],
		reason:
			"polling sessions and upgrades are lost now and then: netty-socketio closes the connection after each answer although its header says keep-alive, so a request already in flight gets no answer",
		unproven: "it is a race, which rust_socketio at the node itself lost in 7 of 30 sessions",
	},
	{
		lacks: "reconnection",
		clients: ["python"],
		nodes: ["netty"],
		modes: ["polling", "upgrade"],
		reason:
			"if that happens before its `connect()` has returned, python-socketio's client does not reconnect (`_reconnect_task` in its client.py is still set), so the test client opens a new one",
		unproven: "it is a race within the race above",
	},
	{
		lacks: "steadiness",
		clients: ["go"],
		nodes: null,
		modes: ["websocket", "upgrade"],
		reason:
			"this Go client sometimes joins the namespace twice, which ends the session; its reconnection stops after one failed attempt, so the test client opens a new socket",
		unproven: "it is a race, which 1 of 200 sessions at the node itself lost",
	},
];

export interface Cell {
	readonly client: MatrixClient;
	readonly node: NodeKind;
	readonly mode: Mode;
}

/** The facts about a cell. If nothing works, only the first such fact. */
export function factsOf({ client, node, mode }: Cell): readonly Fact[] {
	const facts = FACTS.filter(
		({ clients, nodes, modes }) =>
			(clients === null || clients.includes(client.id)) &&
			(nodes === null || nodes.includes(node.id)) &&
			modes.includes(mode),
	);
	const whole = facts.filter(({ lacks }) => lacks === "all");
	return whole.length > 0 ? whole.slice(0, 1) : facts;
}

export function lacks(cell: Cell, lack: Lack): boolean {
	return factsOf(cell).some((fact) => fact.lacks === lack);
}

/** Whether facts about a cell can be proven at the node itself. */
export function isProvable(cell: Cell): boolean {
	return factsOf(cell).some(({ unproven }) => unproven === undefined);
}

/** Whether connections to nodes of this kind may break at any time, so that even all remaining nodes of a pool may fail. */
export function isUnsteady({ id }: NodeKind): boolean {
	return FACTS.some(
		({ lacks, clients, nodes }) => lacks === "steadiness" && clients === null && nodes?.includes(id) === true,
	);
}
