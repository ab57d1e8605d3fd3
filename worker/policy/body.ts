/** Bodies on the Engine.IO path: read whole before they are sent to their node, within limits of size, time and memory. */
import type { Pool } from "../config/pool.ts";
import { clientKey } from "./handshake-rate.ts";

/** Why a body was not read: larger than `max_body` (or the client left), too slow, or no memory left for it. */
export type BodyFault = "body" | "body_timeout" | "body_memory";

/** The bytes of one body that an isolate holds. */
export interface HeldBody {
	readonly client: string;
	bytes: number;
	/** Epoch ms when its request has ended at the latest. When a client leaves, the runtime ends its request without a word. */
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
	const ofClient = () => (memory.byClient.get(body.client) ?? 0) + bytes;
	const fits = () =>
		memory.bytes + bytes <= Math.max(MAX_HELD_BYTES, 2 * maxBody) &&
		ofClient() <= Math.max(MAX_CLIENT_BYTES, maxBody);
	if (!fits()) {
		for (const each of memory.held) if (each.endsAt < now) releaseBody(memory, each);
		if (!fits()) return false;
	}
	body.bytes += bytes;
	memory.byClient.set(body.client, ofClient());
	memory.bytes += bytes;
	return true;
}

/** Ends holding a body. */
export function releaseBody(memory: BodyMemory, body: HeldBody): void {
	if (!memory.held.delete(body)) return;
	memory.bytes -= body.bytes;
	const left = (memory.byClient.get(body.client) ?? 0) - body.bytes;
	if (left > 0) memory.byClient.set(body.client, left);
	else memory.byClient.delete(body.client);
}

/** Reads the whole body and counts it in `memory`, or says why not. */
export function readBody(
	stream: ReadableStream,
	limits: Pick<Pool, "maxBody" | "timeouts">,
	memory: BodyMemory,
	held: HeldBody,
): Promise<ArrayBuffer | BodyFault> {
	const { bodyIdle, body } = limits.timeouts;
	const startedAt = Date.now();
	let chunkAt = startedAt;
	return new Promise((resolve) => {
		let timer: ReturnType<typeof setTimeout>;
		const watch = () => {
			const leftMs = Math.min(chunkAt + bodyIdle, startedAt + body) - Date.now();
			if (leftMs > 0) timer = setTimeout(watch, leftMs);
			else resolve("body_timeout");
		};
		watch();
		const onChunk = (bytes: number): BodyFault | null => {
			chunkAt = Date.now();
			if (held.bytes + bytes > limits.maxBody) return "body";
			return growBody(memory, held, bytes, limits.maxBody, chunkAt) ? null : "body_memory";
		};
		void readChunks(stream, onChunk).then((result) => {
			clearTimeout(timer);
			resolve(result);
		});
	});
}

/** Reads until the end, or until `onChunk` returns a fault; then the rest can still be read. Never rejects. */
async function readChunks(
	stream: ReadableStream,
	onChunk: (bytes: number) => BodyFault | null,
): Promise<ArrayBuffer | BodyFault> {
	const reader = stream.getReader() as ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	try {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return joined(chunks);
			const fault = onChunk(value.byteLength);
			if (fault !== null) return fault;
			chunks.push(value);
		}
	} catch {
		// The client has left.
		return "body";
	} finally {
		reader.releaseLock();
	}
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer {
	const [only] = chunks;
	if (only === undefined) return new ArrayBuffer(0);
	if (chunks.length === 1 && only.byteLength === only.buffer.byteLength) return only.buffer;
	const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
	const all = new Uint8Array(bytes);
	let at = 0;
	for (const chunk of chunks) {
		all.set(chunk, at);
		at += chunk.byteLength;
	}
	return all.buffer;
}
