/** Real socket.io-client sockets of one transport, connected to a target and closed together. */
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { io, type ManagerOptions, type Socket } from "socket.io-client";
import { fetchPolicy } from "../../../loadtest/clients/client/flash-policy.ts";
import { agentFor, Wire } from "../../../loadtest/clients/transport/agent.ts";
import { optionsFor } from "../../../loadtest/clients/transport/transport.ts";
import type { Transport } from "../../../loadtest/record/result.ts";
import type { WhoAmI } from "../../../origin/demo/events.ts";
import type { Target } from "./targets.ts";

/** The longest that a single step may take on one machine. */
const LIMIT_MS = 5_000;

/** A connected client, after its upgrade when it has one. */
export interface Client {
	readonly socket: Socket;
	readonly wire: Wire;
	readonly url: string;
	/** The Engine.IO session id as the handshake gave it. */
	readonly sid: string;
	readonly node: string;
	/** The transport as the node counts it. */
	readonly transport: string;
}

export class Clients implements Disposable {
	readonly target: Target;
	readonly transport: Transport;
	readonly #started: { socket: Socket; wire: Wire }[] = [];

	constructor(target: Target, transport: Transport) {
		this.target = target;
		this.transport = transport;
	}

	/** Connects one more client. Rejects with the client's own connect_error. */
	async connect(changes: Partial<ManagerOptions> = {}): Promise<Client> {
		const { target, transport } = this;
		const url = target.urls[this.#started.length % target.urls.length]!;
		if (transport === "flashsocket") await fetchPolicy(new URL(url).hostname, target.policyPort, LIMIT_MS);
		const wire = new Wire();
		const socket = io(url, {
			...optionsFor(transport),
			forceNew: true,
			reconnection: false,
			timeout: LIMIT_MS,
			...(target.ca === null ? {} : { ca: target.ca }),
			// The types are those of browsers; in Node this is an http.Agent.
			agent: agentFor(new URL(url), wire) as unknown as boolean,
			...changes,
		});
		this.#started.push({ socket, wire });
		const engine = socket.io.engine;
		let sid = "";
		engine.once("handshake", (handshake: { sid: string }) => {
			sid = handshake.sid;
		});
		const upgraded =
			transport === "upgrade" &&
			new Promise<void>((resolve, reject) => {
				engine.once("upgrade", () => resolve());
				engine.once("close", reject);
			});
		await Promise.all([connected(socket), upgraded]);
		const { node, transport: counted } = await emitWithAck<WhoAmI>(socket, "whoami");
		return { socket, wire, url, sid, node, transport: counted };
	}

	/** Connects clients until `count` nodes have one, and returns one client per node. A fair load balancer needs few tries. */
	async connectToDifferentNodes(count: number): Promise<Client[]> {
		const byNode = new Map<string, Client>();
		for (let tries = 0; tries < 10 * count && byNode.size < count; tries++) {
			const client = await this.connect();
			if (!byNode.has(client.node)) byNode.set(client.node, client);
		}
		if (byNode.size < count)
			throw new Error(`${10 * count} clients reached only ${[...byNode.keys()].join(", ")}`);
		return [...byNode.values()];
	}

	[Symbol.dispose](): void {
		for (const { socket, wire } of this.#started) {
			socket.disconnect();
			wire.cut();
		}
	}
}

/** Emits an event and returns the content of its acknowledgement. Rejects when none comes in time. */
export function emitWithAck<Answer>(socket: Socket, event: string, ...args: unknown[]): Promise<Answer> {
	return socket.timeout(LIMIT_MS).emitWithAck(event, ...args) as Promise<Answer>;
}

/** The arguments of the next event of this name. Rejects when none comes in time. */
export function nextEvent(socket: Socket, event: string): Promise<unknown[]> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`no "${event}" in ${LIMIT_MS} ms`)), LIMIT_MS);
		socket.once(event, (...args: unknown[]) => {
			clearTimeout(timer);
			resolve(args);
		});
	});
}

/** Whether the session still exists at its node. Asks by POSTing Engine.IO's noop packet, which changes nothing. */
export function isKnown({ url, sid }: Client, ca: string | null): Promise<boolean> {
	const send = url.startsWith("https:") ? secureRequest : request;
	const address = `${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
	return new Promise((resolve, reject) => {
		const sent = send(address, { method: "POST", ...(ca === null ? {} : { ca }) }, async (answer) => {
			const body = (await answer.toArray()).join("");
			resolve(answer.statusCode !== 400 || JSON.parse(body).code !== 1);
		});
		sent.on("error", reject);
		sent.end("6");
	});
}

function connected(socket: Socket): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", resolve);
		socket.once("connect_error", reject);
	});
}
