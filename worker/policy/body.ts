/** Bodies on the Engine.IO path, within limits of size, time and memory. */
import { DEFAULT_BODY_IDLE_SECONDS, DEFAULT_POST_SECONDS, type Pool } from "../config/pool.ts";
import type { SilenceTimer } from "../deadline.ts";
import { clientKey } from "./handshake-rate.ts";

/** Why a body was not read: larger than `max_body` (or the client left), too slow, or no memory left for it. */
export type BodyFault = "body" | "body_timeout" | "body_memory";

/** The bytes of one body that an isolate holds. */
export interface HeldBody {
	readonly client: string;
	bytes: number;
	/** Epoch ms when its request has ended at the latest. When a client leaves, the runtime stops its request without running any further code. */
	readonly endsAt: number;
}

/** The bodies that an isolate holds now, and their bytes: in all and by client. */
export interface BodyMemory {
	readonly held: Set<HeldBody>;
	bytes: number;
	readonly byClient: Map<string, number>;
}

/** The most bytes of bodies that an isolate holds at once, and those of one client, so that no client can use up all. */
export const MAX_HELD_BYTES = 48 * 1024 * 1024;
export const MAX_CLIENT_BYTES = 8 * 1024 * 1024;

export function newBodyMemory(): BodyMemory {
	return { held: new Set(), bytes: 0, byClient: new Map() };
}

/** Begins to hold a body of `clientIp` that is gone at `endsAt` at the latest. */
export function holdBody(memory: BodyMemory, clientIp: string, endsAt: number): HeldBody {
	const body = { client: clientKey(clientIp), bytes: 0, endsAt };
	memory.held.add(body);
	return body;
}

/** Adds bytes to a held body; false when they exceed a limit. A single body of `maxBody` always fits into a client's share. */
export function growBody(
	memory: BodyMemory,
	body: HeldBody,
	bytes: number,
	maxBody: number,
	now: number,
): boolean {
	if (!hasRoom(memory, body.client, bytes, maxBody)) {
		for (const each of memory.held) if (each.endsAt < now) releaseBody(memory, each);
		if (!hasRoom(memory, body.client, bytes, maxBody)) return false;
	}
	body.bytes += bytes;
	memory.bytes += bytes;
	memory.byClient.set(body.client, (memory.byClient.get(body.client) ?? 0) + bytes);
	return true;
}

function hasRoom(memory: BodyMemory, client: string, bytes: number, maxBody: number): boolean {
	const ofClient = memory.byClient.get(client) ?? 0;
	return (
		memory.bytes + bytes <= Math.max(MAX_HELD_BYTES, 2 * maxBody) &&
		ofClient + bytes <= Math.max(MAX_CLIENT_BYTES, maxBody)
	);
}

/** Ends holding a body. */
export function releaseBody(memory: BodyMemory, body: HeldBody): void {
	if (!memory.held.delete(body)) return;
	memory.bytes -= body.bytes;
	const left = (memory.byClient.get(body.client) ?? 0) - body.bytes;
	if (left > 0) memory.byClient.set(body.client, left);
	else memory.byClient.delete(body.client);
}

/** A body of a known length up to this is small: a few packets. */
const MAX_SMALL_BYTES = 16 * 1024;

/**
 * Whether a body is read whole before its node is contacted, so that the client's time is not counted as the node's. With
 * the default deadlines or longer ones, in which even a slow client can send it, a small body is passed on as it arrives
 * instead. That saves a polling echo 4 to 6 % of its CPU. `length`: its Content-Length; null = unknown.
 */
export function isReadFirst(length: string | null, { post, bodyIdle }: Pool["timeouts"]): boolean {
	const isSmall = length !== null && Number(length) <= MAX_SMALL_BYTES;
	const isShorter = post < DEFAULT_POST_SECONDS * 1000 || bodyIdle < DEFAULT_BODY_IDLE_SECONDS * 1000;
	return !isSmall || isShorter;
}

/** Reads the whole body and counts it in `memory`, or says why not. `timer` is left running, for the node. */
export function readBody(
	stream: ReadableStream,
	limits: Pick<Pool, "maxBody" | "timeouts">,
	memory: BodyMemory,
	held: HeldBody,
	timer: SilenceTimer,
): Promise<ArrayBuffer | BodyFault> {
	const { bodyIdle, body } = limits.timeouts;
	const startedAt = Date.now();
	return new Promise((resolve) => {
		const onTimeout = () => resolve("body_timeout");
		timer.allow(bodyIdle, onTimeout);
		const grow = (buffer: ArrayBuffer, length: number): ArrayBuffer | BodyFault => {
			const now = Date.now();
			timer.allow(Math.min(bodyIdle, startedAt + body - now), onTimeout);
			if (length > limits.maxBody) return "body";
			if (length <= buffer.byteLength) return buffer;
			const size = Math.min(Math.max(length, 2 * buffer.byteLength), limits.maxBody);
			const added = size - buffer.byteLength;
			return growBody(memory, held, added, limits.maxBody, now) ? buffer.transfer(size) : "body_memory";
		};
		void readChunks(stream, grow).then(resolve);
	});
}

/** A small part of what a connection takes, so it is not counted. */
const CHUNK_BYTES = 4 * 1024;

/**
 * Reads until the end, or until `grow` returns a fault; then the rest can still be read. Every chunk is read into the same
 * buffer and copied, since otherwise each would have a buffer of its own, 4 KiB for a chunk of one byte. `grow` returns
 * the buffer with room for `length` bytes. Never rejects.
 */
async function readChunks(
	stream: ReadableStream,
	grow: (buffer: ArrayBuffer, length: number) => ArrayBuffer | BodyFault,
): Promise<ArrayBuffer | BodyFault> {
	const reader = stream.getReader({ mode: "byob" });
	let chunk = new Uint8Array(CHUNK_BYTES);
	let buffer = new ArrayBuffer(0);
	let length = 0;
	try {
		for (;;) {
			const { value, done } = await reader.read(chunk);
			if (done) return buffer.byteLength === length ? buffer : buffer.transfer(length);
			const grown = grow(buffer, length + value.byteLength);
			if (typeof grown === "string") return grown;
			buffer = grown;
			new Uint8Array(buffer).set(value, length);
			length += value.byteLength;
			chunk = new Uint8Array(value.buffer);
		}
	} catch {
		// The client has left.
		return "body";
	} finally {
		reader.releaseLock();
	}
}
