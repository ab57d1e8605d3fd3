/**
 * Encodes and decodes Socket.IO protocol 5, including attachments. Imports nothing from k6 or Node.
 * https://github.com/socketio/socket.io-protocol
 */
import { detach, reattach } from "./attachment.ts";
import { type Frame, ProtocolError } from "./frame.ts";

/** Packet types, except the two binary ones, which are events and acks with attachments. */
export const SOCKET_TYPES = ["connect", "disconnect", "event", "ack", "connect_error"] as const;
export type SocketType = (typeof SOCKET_TYPES)[number];

const BINARY_EVENT = 5;
const BINARY_ACK = 6;

/** One packet. An `id` asks for an ack in an event, and identifies the event in an ack. */
export interface SocketPacket {
	readonly type: SocketType;
	/** With its slash: `/` or `/admin`. */
	readonly namespace: string;
	readonly id: number | null;
	/** undefined = none. */
	readonly data: unknown;
}

/** Encodes a packet as frames of Engine.IO messages: its text, then its attachments. */
export function encodePacket(packet: SocketPacket): Frame[] {
	const { value, attachments } = detach(packet.data);
	const type = SOCKET_TYPES.indexOf(packet.type) + (attachments.length > 0 ? 3 : 0);
	const count = attachments.length > 0 ? `${attachments.length}-` : "";
	const namespace = packet.namespace === "/" ? "" : `${packet.namespace},`;
	const data = value === undefined ? "" : JSON.stringify(value);
	return [`${type}${count}${namespace}${packet.id ?? ""}${data}`, ...attachments];
}

/** Assembles packets from the frames that arrive; one reader per Socket.IO connection. */
export class PacketReader {
	#waiting: { packet: SocketPacket; count: number; attachments: ArrayBuffer[] } | null = null;

	/** Takes one frame and returns the packet that it completes, or null. Throws a ProtocolError. */
	take(frame: Frame): SocketPacket | null {
		if (typeof frame !== "string") return this.#attach(frame);
		if (this.#waiting !== null) throw new ProtocolError("text came where an attachment was due");
		const { packet, count } = readText(frame);
		if (count === 0) return packet;
		this.#waiting = { packet, count, attachments: [] };
		return null;
	}

	#attach(bytes: ArrayBuffer): SocketPacket | null {
		const waiting = this.#waiting;
		if (waiting === null) throw new ProtocolError("an attachment came that no packet announced");
		waiting.attachments.push(bytes);
		if (waiting.attachments.length < waiting.count) return null;
		this.#waiting = null;
		return { ...waiting.packet, data: reattach(waiting.packet.data, waiting.attachments) };
	}
}

/** Type, number of attachments, namespace, id, data: in the protocol's order, all optional but the type. */
const TEXT = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),)?(\d+)?([\s\S]*)$/;

function readText(text: string): { packet: SocketPacket; count: number } {
	const match = TEXT.exec(text);
	const number = Number(match?.[1]);
	const binary = number === BINARY_EVENT || number === BINARY_ACK;
	const type = SOCKET_TYPES[binary ? number - 3 : number];
	const count = Number(match?.[2] ?? 0);
	if (!match || type === undefined || binary !== count > 0)
		throw new ProtocolError(`unknown Socket.IO packet ${JSON.stringify(text.slice(0, 20))}`);
	const id = match[4] === undefined ? null : Number(match[4]);
	return { packet: { type, namespace: match[3] ?? "/", id, data: readJson(match[5]) }, count };
}

function readJson(text: string | undefined): unknown {
	if (!text) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		throw new ProtocolError(`the data of a Socket.IO packet is not JSON: ${text.slice(0, 40)}`);
	}
}
