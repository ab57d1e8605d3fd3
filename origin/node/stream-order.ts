/**
 * Makes what the Redis Streams adapter delivers exact: every event once, in the order of the stream. The
 * adapter alone (0.3.1) loses and doubles events around a recovery, seen under load:
 * - a node hands its own event to its clients at once and those of others when it has read them, so a client
 *   may hold an offset beyond an event it never got;
 * - what the stream says while a session is restored is either missed (read before the session joined its
 *   rooms) or handed out twice (restored, then read).
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

/** What of an adapter is used and replaced here. */
export interface StreamAdapter {
	readonly uid: string;
	broadcast(packet: Packet, opts: BroadcastOptions): unknown;
	onMessage(message: Message, offset?: string): void;
	restoreSession(pid: string, offset: string): Promise<Session>;
	publishAndReturnOffset(message: { type: number; data: Message["data"] }): Promise<string>;
}

/** Replaces three methods of `adapter`. `onUnsaved` hears of an event that only this node's clients got. */
export function orderStream<T extends StreamAdapter>(adapter: T, onUnsaved: () => void): T {
	const { broadcast, onMessage, restoreSession } = adapter;
	/** Restores under way, with what the stream said meanwhile. */
	const restores = new Set<{ offset: string; data: Message["data"] }[]>();
	/** Sessions that already got an entry which this node has not read yet. */
	const skips = new Map<string, string[]>();
	let read = "0-0";

	adapter.broadcast = async (packet, opts) => {
		const local = () => broadcast.call(adapter, packet, { ...opts, flags: { ...opts.flags, local: true } });
		if (opts.flags?.local) return local();
		try {
			await adapter.publishAndReturnOffset({ type: BROADCAST, data: { packet, opts: encode(opts) } });
		} catch {
			onUnsaved();
			local();
		}
	};

	adapter.onMessage = (message, offset) => {
		if (message.type !== BROADCAST || offset === undefined || message.data.requestId !== undefined) {
			onMessage.call(adapter, message, offset);
			return;
		}
		// The adapter drops what has its own uid; this node's clients get its events from the stream as well.
		if (message.uid === adapter.uid) message.uid = "";
		message.data.opts.except.push(...(skips.get(offset) ?? []));
		skips.delete(offset);
		onMessage.call(adapter, message, offset);
		read = offset;
		for (const heard of restores) heard.push({ offset, data: message.data });
	};

	adapter.restoreSession = async (pid, offset) => {
		const heard: { offset: string; data: Message["data"] }[] = [];
		restores.add(heard);
		try {
			const session = await restoreSession.call(adapter, pid, offset);
			complete(session, heard);
			for (const missed of session.missedPackets.map((data) => String(data.at(-1))))
				if (isLater(missed, read)) skips.set(missed, [...(skips.get(missed) ?? []), session.sid]);
			return session;
		} finally {
			restores.delete(heard);
		}
	};
	return adapter;
}

/** An adapter for `io.adapter()` that makes its instances with `create` and orders them. */
export function orderedAdapter(create: (nsp: unknown) => unknown, onUnsaved: () => void) {
	// Not an arrow function: Socket.IO calls it with `new`.
	function OrderedAdapter(nsp: unknown) {
		return orderStream(create(nsp) as StreamAdapter, onUnsaved);
	}
	return OrderedAdapter as unknown as AdapterConstructor;
}

/** Adds to the session what this node read from the stream while it was being restored. */
function complete(session: Session, heard: readonly { offset: string; data: Message["data"] }[]): void {
	const known = new Set(session.missedPackets.map((data) => data.at(-1)));
	for (const { offset, data } of heard)
		if (!known.has(offset) && isKept(data) && isFor(session, data.opts))
			session.missedPackets.push(data.packet.data);
}

/** Whether an event is replayed at all: not when it is volatile or wants an ack (as the adapter has it). */
function isKept({ packet, opts }: Message["data"]): boolean {
	return packet.type === EVENT && packet.id === undefined && opts.flags?.volatile === undefined;
}

function isFor(session: Session, opts: Message["data"]["opts"]): boolean {
	const inRoom = opts.rooms.length === 0 || session.rooms.some((room) => opts.rooms.includes(room));
	return inRoom && !session.rooms.some((room) => opts.except.includes(room));
}

/** Stream offsets are `<milliseconds>-<sequence>`. */
function isLater(a: string, b: string): boolean {
	const [aTime = 0, aSeq = 0] = a.split("-").map(Number);
	const [bTime = 0, bSeq = 0] = b.split("-").map(Number);
	return aTime > bTime || (aTime === bTime && aSeq > bSeq);
}

function encode(opts: BroadcastOptions): Message["data"]["opts"] {
	return {
		rooms: [...opts.rooms],
		except: [...(opts.except ?? [])],
		...(opts.flags && { flags: opts.flags }),
	};
}
