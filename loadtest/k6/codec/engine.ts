/**
 * Engine.IO protocol 4, both ways. Imports nothing of k6 or Node, so that both run it.
 * https://github.com/socketio/engine.io-protocol
 */
import { type Base64, type Frame, ProtocolError } from "./frame.ts";

/** Packet types; the index is the character on the wire. */
export const ENGINE_TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;
export type EngineType = (typeof ENGINE_TYPES)[number];

/** One packet; bytes only in a message. */
export interface EnginePacket {
	readonly type: EngineType;
	readonly data: Frame;
}

/** What the server says of the session in its open packet; times in milliseconds. */
export interface Opening {
	readonly sid: string;
	readonly upgrades: readonly string[];
	readonly pingInterval: number;
	readonly pingTimeout: number;
}

/** Between the packets of one polling body. */
const SEPARATOR = "\x1e";

/** One packet as a WebSocket message: bytes travel bare. */
export function encodeFrame(packet: EnginePacket): Frame {
	return typeof packet.data === "string" ? ENGINE_TYPES.indexOf(packet.type) + packet.data : packet.data;
}

/** Reads one WebSocket message. Throws ProtocolError on a packet type that does not exist. */
export function decodeFrame(frame: Frame): EnginePacket {
	if (typeof frame !== "string") return { type: "message", data: frame };
	const type = ENGINE_TYPES[frame.charCodeAt(0) - 48];
	if (type === undefined)
		throw new ProtocolError(`unknown Engine.IO packet ${JSON.stringify(frame.slice(0, 20))}`);
	return { type, data: frame.slice(1) };
}

/** Packets as the body of one POST: bytes as `b` and base64. */
export function encodePayload(packets: readonly EnginePacket[], base64: Base64): string {
	return packets
		.map(encodeFrame)
		.map((frame) => (typeof frame === "string" ? frame : `b${base64.encode(frame)}`))
		.join(SEPARATOR);
}

/** Reads the body of one poll. Throws ProtocolError as `decodeFrame` does. */
export function decodePayload(body: string, base64: Base64): EnginePacket[] {
	return body
		.split(SEPARATOR)
		.map((part) => decodeFrame(part.startsWith("b") ? base64.decode(part.slice(1)) : part));
}

/** Reads an open packet's data. Throws ProtocolError when it is not what the protocol says. */
export function readOpening(data: Frame): Opening {
	const opening = typeof data === "string" ? parsed(data) : null;
	const { sid, upgrades, pingInterval, pingTimeout } = (opening ?? {}) as Record<string, unknown>;
	if (
		typeof sid !== "string" ||
		!Array.isArray(upgrades) ||
		typeof pingInterval !== "number" ||
		typeof pingTimeout !== "number"
	)
		throw new ProtocolError("the Engine.IO open packet lacks sid, upgrades, pingInterval or pingTimeout");
	return { sid, upgrades, pingInterval, pingTimeout };
}

/** The number in an Engine.IO error body (`{"code":1,"message":"Session ID unknown"}`), or null. */
export function engineErrorCode(body: string): number | null {
	const code = (parsed(body) as { code?: unknown } | null)?.code;
	return typeof code === "number" ? code : null;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
