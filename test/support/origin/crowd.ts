/** Many real clients through the edge: subscribers in rooms across nodes, and publishers that repeat until acknowledged. */
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import type { PublishAnswer } from "../../../origin/demo/publish.ts";
import { type ClientRecord, checkDelivery, type DeliveryResult, type Published } from "./ledger.ts";

export interface CrowdPlan {
	readonly url: string;
	/** Subscribers, half of them over polling and half over WebSocket. */
	readonly clients: number;
	readonly rooms: number;
	readonly publishers: number;
	/** Events per second of all publishers together. */
	readonly rate: number;
}

export interface Crowd extends AsyncDisposable {
	readonly records: readonly ClientRecord[];
	/** Sessions by node, according to `whoami`. */
	nodes(): Promise<Record<string, number>>;
	/** Publishes until `done` resolves, waits until everything is acknowledged and delivered, and returns the result. */
	publishDuring(
		done: Promise<unknown>,
	): Promise<DeliveryResult & { readonly events: number; readonly resent: number }>;
}

/** Without keep-alive every poll would need a TLS handshake, which would dominate the load. */
const KEPT_ALIVE = new Agent({ keepAlive: true, rejectUnauthorized: false }) as unknown as string;

/** How long after the last ack an event may still arrive. */
const DELIVERY_TIMEOUT_MS = 15_000;

export async function gatherCrowd(plan: CrowdPlan): Promise<Crowd> {
	const subscribers: { socket: Socket; record: ClientRecord }[] = [];
	for (let start = 0; start < plan.clients; start += 50) {
		const batch = Array.from({ length: Math.min(50, plan.clients - start) }, (_, i) =>
			subscribe(plan, start + i),
		);
		subscribers.push(...(await Promise.all(batch)));
	}
	const publishers = await Promise.all(
		Array.from({ length: plan.publishers }, (_, index) => connected(dial(plan.url, transportOf(index)))),
	);
	const records = subscribers.map(({ record }) => record);
	return {
		records,
		nodes: () => nodesOf(subscribers),
		async publishDuring(done) {
			const events: Published[] = [];
			const tally = { resent: 0 };
			const until = new AbortController();
			void done.catch(() => {}).then(() => until.abort());
			await Promise.all(
				publishers.map((socket, index) => publishLoop(plan, socket, index, until.signal, events, tally)),
			);
			await done;
			await delivered(events, records);
			// Events still in transit, duplicates included, arrive before the answer to this.
			await nodesOf(subscribers);
			return { ...checkDelivery(events, records), events: events.length, resent: tally.resent };
		},
		async [Symbol.asyncDispose]() {
			for (const { socket } of subscribers) socket.disconnect();
			for (const socket of publishers) socket.disconnect();
		},
	};
}

async function nodesOf(subscribers: readonly { socket: Socket }[]): Promise<Record<string, number>> {
	const all = await Promise.all(subscribers.map(({ socket }) => socket.emitWithAck("whoami")));
	const counts: Record<string, number> = {};
	for (const { node } of all as { node: string }[]) counts[node] = (counts[node] ?? 0) + 1;
	return counts;
}

async function subscribe(plan: CrowdPlan, index: number) {
	const transport = transportOf(index);
	const record: ClientRecord = {
		name: `${transport}-${index}`,
		room: `room-${index % plan.rooms}`,
		received: new Map(),
		gaps: [],
		failedHandshakes: [],
	};
	const socket = dial(plan.url, transport);
	socket.on("published", (id: string) => record.received.set(id, (record.received.get(id) ?? 0) + 1));
	await connected(socket);
	await socket.emitWithAck("join", record.room);
	followGaps(socket, record);
	socket.io.on("reconnect_error", (error) =>
		record.failedHandshakes.push(`${record.name}: ${error.message}`),
	);
	return { socket, record };
}

/** Records gaps. A gap ends when the client is in its room again, recovered or joined anew, however often it was disconnected meanwhile. */
function followGaps(socket: Socket, record: ClientRecord): void {
	let from: number | null = null;
	let lastEvent = performance.now();
	let isMember = true;
	socket.on("published", () => {
		if (from === null) lastEvent = performance.now();
	});
	socket.on("disconnect", () => {
		from ??= performance.now();
	});
	socket.on("connect", async () => {
		const recovered = socket.recovered && isMember;
		if (!recovered) {
			isMember = false;
			const joined = await socket.emitWithAck("join", record.room).catch(() => undefined);
			if (joined === undefined || isMember) return;
			isMember = true;
		}
		record.gaps.push({ lastEvent, from: from ?? performance.now(), to: performance.now(), recovered });
		from = null;
	});
}

async function publishLoop(
	plan: CrowdPlan,
	socket: Socket,
	index: number,
	until: AbortSignal,
	events: Published[],
	tally: { resent: number },
): Promise<void> {
	const delay = (1_000 * plan.publishers) / plan.rate;
	const open: Promise<void>[] = [];
	let scheduled = performance.now();
	for (let count = 0; !until.aborted; count++) {
		open.push(publish(socket, `${index}-${count}`, `room-${(index + count) % plan.rooms}`, events, tally));
		scheduled += delay;
		await sleep(Math.max(1, scheduled - performance.now()));
	}
	await Promise.all(open);
}

/** Repeats the event until it is acknowledged; events that are never acknowledged do not count. */
async function publish(
	socket: Socket,
	id: string,
	room: string,
	events: Published[],
	tally: { resent: number },
) {
	const sentAt = performance.now();
	for (;;) {
		const answer = (await socket
			.timeout(1_000)
			.emitWithAck("publish", id, room, { id })
			.catch(() => undefined)) as PublishAnswer | undefined;
		if (answer?.ok) break;
		tally.resent += 1;
		await sleep(100);
	}
	events.push({ id, room, sentAt, ackedAt: performance.now() });
}

/** Resolves when no event is missing without a known reason, or at the timeout. */
async function delivered(events: readonly Published[], records: readonly ClientRecord[]): Promise<void> {
	const limit = performance.now() + DELIVERY_TIMEOUT_MS;
	while (performance.now() < limit) {
		if (checkDelivery(events, records).lostOtherwise.length === 0) return;
		await sleep(100);
	}
}

function transportOf(index: number): "polling" | "websocket" {
	return index % 2 === 0 ? "polling" : "websocket";
}

function dial(url: string, transport: "polling" | "websocket"): Socket {
	return io(url, { transports: [transport], forceNew: true, rejectUnauthorized: false, agent: KEPT_ALIVE });
}

async function connected(socket: Socket): Promise<Socket> {
	if (!socket.connected) await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
	return socket;
}
