/**
 * Makes the delivery of the Redis Streams adapter exact: every event once, in the order of the stream. The
 * adapter alone (0.3.1) loses and duplicates events around a session recovery, seen under load:
 * - a node delivers its own events to its clients at once, but those of other nodes only after reading them
 *   from the stream; a client may thus hold an offset beyond an event that it never got;
 * - an event that arrives while a session is being restored is either lost (read before the session joined its
 *   rooms) or delivered twice (restored, then read).
 */
import type { Server } from "socket.io";

/** `MessageType.BROADCAST` of socket.io-adapter. */
const BROADCAST = 3;
/** `PacketType.EVENT` of socket.io-parser. */
const EVENT = 2;

interface Packet {
	readonly type: number;
	readonly data: unknown[];
	readonly id?: number;
}
interface BroadcastOptions {
	readonly rooms: Set<string>;
	readonly except?: Set<string>;
	readonly flags?: { readonly local?: boolean; readonly volatile?: boolean };
}
interface Message {
	uid: string;
	readonly type: number;
	readonly data: {
		readonly packet: Packet;
		readonly requestId?: string;
		readonly opts: {
			readonly rooms: string[];
			readonly except: string[];
			readonly flags?: BroadcastOptions["flags"];
		};
	};
}
interface Session {
	readonly sid: string;
	readonly rooms: readonly string[];
	missedPackets: unknown[][];
}

type AdapterConstructor = Exclude<Parameters<Server["adapter"]>[0], undefined>;

/** The part of the adapter that is used or replaced here. */
export interface StreamAdapter {
	readonly uid: string;
	broadcast(packet: Packet, opts: BroadcastOptions): unknown;
	onMessage(message: Message, offset?: string): void;
	restoreSession(pid: string, offset: string): Promise<Session>;
	publishAndReturnOffset(message: { type: number; data: Message["data"] }): Promise<string>;
}

/** An entry of the stream that this node has read. */
interface StreamEntry {
	readonly offset: string;
	readonly data: Message["data"];
}

/**
 * Replaces three methods of `adapter`. `onUnsaved` is called for each event that could not be written to the
 * stream and so reached only the clients of this node.
 */
export function orderStream<T extends StreamAdapter>(adapter: T, onUnsaved: () => void): T {
	const { broadcast, onMessage, restoreSession } = adapter;
	/** For each restore in progress, the entries read since it began. */
	const restores = new Set<StreamEntry[]>();
	/** By the offset of an entry not yet read: the sessions that got it already. */
	const delivered = new Map<string, string[]>();
	let lastRead = "0-0";

	adapter.broadcast = async (packet, opts) => {
		const sendLocally = () =>
			broadcast.call(adapter, packet, { ...opts, flags: { ...opts.flags, local: true } });
		if (opts.flags?.local) return sendLocally();
		try {
			await adapter.publishAndReturnOffset({ type: BROADCAST, data: { packet, opts: encode(opts) } });
		} catch {
			onUnsaved();
			sendLocally();
		}
	};

	adapter.onMessage = (message, offset) => {
		if (message.type !== BROADCAST || offset === undefined || message.data.requestId !== undefined) {
			onMessage.call(adapter, message, offset);
			return;
		}
		// The adapter ignores messages with its own uid, but the clients of this node get its events from the stream too.
		if (message.uid === adapter.uid) message.uid = "";
		message.data.opts.except.push(...(delivered.get(offset) ?? []));
		delivered.delete(offset);
		onMessage.call(adapter, message, offset);
		lastRead = offset;
		for (const entries of restores) entries.push({ offset, data: message.data });
	};

	adapter.restoreSession = async (pid, offset) => {
		const readMeanwhile: StreamEntry[] = [];
		restores.add(readMeanwhile);
		try {
			const session = await restoreSession.call(adapter, pid, offset);
			addMissed(session, readMeanwhile);
			for (const missed of session.missedPackets.map(offsetOf))
				if (isLater(missed, lastRead)) delivered.set(missed, [...(delivered.get(missed) ?? []), session.sid]);
			return session;
		} finally {
			restores.delete(readMeanwhile);
		}
	};
	return adapter;
}

/** An adapter for `io.adapter()`: calls `create` for each namespace and orders the delivery of the result. */
export function orderedAdapter(create: (nsp: unknown) => unknown, onUnsaved: () => void) {
	// Not an arrow function: Socket.IO calls it with `new`.
	function OrderedAdapter(nsp: unknown) {
		return orderStream(create(nsp) as StreamAdapter, onUnsaved);
	}
	return OrderedAdapter as unknown as AdapterConstructor;
}

/** Adds the entries for this session that the node read while the session was being restored. */
function addMissed(session: Session, entries: readonly StreamEntry[]): void {
	const restored = new Set(session.missedPackets.map(offsetOf));
	for (const { offset, data } of entries)
		if (!restored.has(offset) && isRecoverable(data) && isFor(session, data.opts))
			session.missedPackets.push(data.packet.data);
}

/** The adapter appends the offset to the data of a packet. */
function offsetOf(data: readonly unknown[]): string {
	return String(data.at(-1));
}

/** Whether the adapter recovers an event: volatile events and those that request an ack are not recovered. */
function isRecoverable({ packet, opts }: Message["data"]): boolean {
	return packet.type === EVENT && packet.id === undefined && opts.flags?.volatile === undefined;
}

function isFor(session: Session, opts: Message["data"]["opts"]): boolean {
	const isInRoom = opts.rooms.length === 0 || session.rooms.some((room) => opts.rooms.includes(room));
	return isInRoom && !session.rooms.some((room) => opts.except.includes(room));
}

/** Compares stream offsets, which have the form `<milliseconds>-<sequence>`. */
function isLater(a: string, b: string): boolean {
	const [aTime = 0, aSequence = 0] = a.split("-").map(Number);
	const [bTime = 0, bSequence = 0] = b.split("-").map(Number);
	return aTime > bTime || (aTime === bTime && aSequence > bSequence);
}

function encode(opts: BroadcastOptions): Message["data"]["opts"] {
	return {
		rooms: [...opts.rooms],
		except: [...(opts.except ?? [])],
		...(opts.flags && { flags: opts.flags }),
	};
}
