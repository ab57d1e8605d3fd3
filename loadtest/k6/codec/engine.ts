/**
 * Encodes and decodes Engine.IO protocol 4. Imports nothing from k6 or Node, so that it runs in both.
 * https://github.com/socketio/engine.io-protocol
 */
import { type Base64, type Frame, ProtocolError } from "./frame.ts";

/** Packet types; the index is the character on the wire. */
export const ENGINE_TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;
export type EngineType = (typeof ENGINE_TYPES)[number];

/** One packet; only messages carry bytes. */
export interface EnginePacket {
	readonly type: EngineType;
	readonly data: Frame;
}

/** The data of the open packet, which describes the session; times in milliseconds. */
export interface OpenPacket {
	readonly sid: string;
	readonly upgrades: readonly string[];
	readonly pingInterval: number;
	readonly pingTimeout: number;
}

/** Separates the packets in the body of a polling request. */
const SEPARATOR = "\x1e";

/** Encodes one packet as a WebSocket message; bytes are sent as they are. */
export function encodeFrame(packet: EnginePacket): Frame {
	return typeof packet.data === "string" ? ENGINE_TYPES.indexOf(packet.type) + packet.data : packet.data;
}

/** Decodes one WebSocket message. Throws a ProtocolError for an unknown packet type. */
export function decodeFrame(frame: Frame): EnginePacket {
	if (typeof frame !== "string") return { type: "message", data: frame };
	const type = ENGINE_TYPES[frame.charCodeAt(0) - 48];
	if (type === undefined)
		throw new ProtocolError(`unknown Engine.IO packet ${JSON.stringify(frame.slice(0, 20))}`);
	return { type, data: frame.slice(1) };
}

/** Encodes packets as the body of one POST; bytes become `b` and base64. */
export function encodePayload(packets: readonly EnginePacket[], base64: Base64): string {
	return packets
		.map(encodeFrame)
		.map((frame) => (typeof frame === "string" ? frame : `b${base64.encode(frame)}`))
		.join(SEPARATOR);
}

/** Decodes the body of one poll. Throws a ProtocolError like `decodeFrame`. */
export function decodePayload(body: string, base64: Base64): EnginePacket[] {
	return body
		.split(SEPARATOR)
		.map((part) => decodeFrame(part.startsWith("b") ? base64.decode(part.slice(1)) : part));
}

/** Parses the data of an open packet. Throws a ProtocolError when a field is missing. */
export function readOpenPacket(data: Frame): OpenPacket {
	const fields = typeof data === "string" ? parseJson(data) : null;
	const { sid, upgrades, pingInterval, pingTimeout } = (fields ?? {}) as Record<string, unknown>;
	if (
		typeof sid !== "string" ||
		!Array.isArray(upgrades) ||
		typeof pingInterval !== "number" ||
		typeof pingTimeout !== "number"
	)
		throw new ProtocolError("the Engine.IO open packet lacks sid, upgrades, pingInterval or pingTimeout");
	return { sid, upgrades, pingInterval, pingTimeout };
}

/** The code in an Engine.IO error body (`{"code":1,"message":"Session ID unknown"}`), or null. */
export function engineErrorCode(body: string): number | null {
	const code = (parseJson(body) as { code?: unknown } | null)?.code;
	return typeof code === "number" ? code : null;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
