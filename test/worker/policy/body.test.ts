import { afterEach, describe, expect, it, vi } from "vitest";
import { SilenceTimer } from "../../../worker/deadline.ts";
import {
	type BodyMemory,
	growBody,
	type HeldBody,
	holdBody,
	isReadFirst,
	MAX_CLIENT_BYTES,
	MAX_HELD_BYTES,
	newBodyMemory,
	readBody,
	releaseBody,
} from "../../../worker/policy/body.ts";
import { poolOf } from "../support/pools.ts";

afterEach(() => vi.useRealTimers());

const limits = (maxBody: number) => ({
	maxBody,
	timeouts: { handshake: 1, poll: 1, post: 1, http: 1, bodyIdle: 1000, body: 3000 },
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Reads a stream; the memory that it used is returned too. */
async function read(stream: ReadableStream, maxBody: number, memory = newBodyMemory()) {
	const held = holdBody(memory, "192.0.2.1", Date.now() + 60_000);
	const timer = new SilenceTimer();
	const result = await readBody(stream, limits(maxBody), memory, held, timer);
	timer.stop();
	return { result, memory, held };
}

const textOf = (body: unknown) => new TextDecoder().decode(body as ArrayBuffer);
const streamOf = (...parts: string[]) => new Blob(parts).stream();

/** A stream of the runtime, as a request's body is, that `write` writes to. */
function written(write: (writer: WritableStreamDefaultWriter<Uint8Array>) => Promise<unknown>) {
	const { readable, writable } = new IdentityTransformStream();
	void write(writable.getWriter()).catch(() => {});
	return readable;
}

/** A stream that sends a byte whenever `gapMs` have passed, and never ends. */
const dribble = (gapMs: number) =>
	written(async (writer) => {
		for (;;) {
			await new Promise((resolve) => setTimeout(resolve, gapMs));
			await writer.write(bytesOf("x"));
		}
	});

describe("a body is read before its node is contacted", () => {
	const timeouts = (post: number, body_idle: number) => poolOf({ timeouts: { post, body_idle } }).timeouts;
	it.each([
		["of an unknown length", null, 30, 10, true],
		["of no bytes", "0", 30, 10, false],
		["of 16 KiB", "16384", 30, 10, false],
		["of one byte more", "16385", 30, 10, true],
		["of 200 bytes, with a short deadline for POSTs", "200", 29, 10, true],
		["of 200 bytes, with a short limit of pauses", "200", 30, 9, true],
		["of 200 bytes, with longer deadlines", "200", 60, 60, false],
	])("%s: %s, post %i, body_idle %i: %s", (_what, length, post, idle, wanted) => {
		expect(isReadFirst(length, timeouts(post, idle))).toBe(wanted);
	});
});

describe("a body", () => {
	it("is read whole, and counted until it is released", async () => {
		const { result, memory, held } = await read(streamOf("4hel", "lo"), 6);
		expect(textOf(result)).toBe("4hello");
		expect([memory.bytes, memory.byClient.get("192.0.2.1")]).toEqual([6, 6]);
		releaseBody(memory, held);
		releaseBody(memory, held);
		expect([memory.bytes, memory.byClient.size, memory.held.size]).toEqual([0, 0, 0]);
	});

	it("is read whole from several chunks, each of them part of a larger buffer", async () => {
		const buffer = bytesOf("4hello world");
		const stream = written(async (writer) => {
			await writer.write(buffer.subarray(0, 3));
			await writer.write(buffer.subarray(3, 6));
			await writer.close();
		});
		expect(textOf((await read(stream, 100)).result)).toBe("4hello");
	});

	it("of a thousand chunks of one byte is read whole, and counted by the memory that it takes", async () => {
		const stream = written(async (writer) => {
			for (let i = 0; i < 1000; i++) await writer.write(bytesOf(String(i % 10)));
			await writer.close();
		});
		const { result, memory } = await read(stream, 5000);
		expect(textOf(result)).toBe("0123456789".repeat(100));
		expect(memory.bytes).toBe(1024);
	});

	it("that grows never takes more memory than its limit", async () => {
		const { result, memory } = await read(streamOf("a".repeat(600), "b".repeat(400)), 1000);
		expect(textOf(result)).toBe("a".repeat(600) + "b".repeat(400));
		expect(memory.bytes).toBe(1000);
	});

	it("of no bytes is empty", async () => {
		expect(textOf((await read(streamOf(), 6)).result)).toBe("");
	});

	it("is too long one byte above the limit, and the rest of it can still be read", async () => {
		const stream = streamOf("4hel", "lo!");
		expect((await read(stream, 6)).result).toBe("body");
		expect(stream.locked).toBe(false);
	});

	it("that breaks off is refused as a body", async () => {
		const stream = written(async (writer) => {
			await writer.write(bytesOf("4hel"));
			await writer.abort(new Error("disconnected"));
		});
		expect((await read(stream, 100)).result).toBe("body");
	});

	it.each([
		["with a pause longer than allowed", 1100, 1000],
		["without such a pause, but in all longer than allowed", 400, 3000],
	])("%s times out", async (_what, gapMs, afterMs) => {
		vi.useFakeTimers();
		let result: unknown = null;
		const reading = read(dribble(gapMs), 100).then((done) => {
			result = done.result;
		});
		await vi.advanceTimersByTimeAsync(afterMs - 1);
		expect(result).toBeNull();
		await vi.advanceTimersByTimeAsync(1);
		await reading;
		expect(result).toBe("body_timeout");
	});

	it("for which no memory is left is refused", async () => {
		const memory = newBodyMemory();
		fill(memory, "192.0.2.1", MAX_CLIENT_BYTES);
		expect((await read(streamOf("4hello"), 6, memory)).result).toBe("body_memory");
	});
});

/** Holds `bytes` for a client. */
function fill(memory: BodyMemory, clientIp: string, bytes: number, endsAt = Date.now() + 60_000): HeldBody {
	const held = holdBody(memory, clientIp, endsAt);
	expect(growBody(memory, held, bytes, 1, Date.now())).toBe(true);
	return held;
}

describe("the memory for bodies", () => {
	const grows = (memory: BodyMemory, clientIp: string, bytes: number, maxBody = 1) =>
		growBody(memory, holdBody(memory, clientIp, Date.now() + 60_000), bytes, maxBody, Date.now());

	it("has a share for each client address, and one for each /64 of IPv6", () => {
		const memory = newBodyMemory();
		fill(memory, "2001:db8::1", MAX_CLIENT_BYTES);
		expect(grows(memory, "2001:db8::2", 1)).toBe(false);
		expect(grows(memory, "2001:db8:1::1", 1)).toBe(true);
	});

	it("is bounded over all clients", () => {
		const memory = newBodyMemory();
		for (let i = 0; i < MAX_HELD_BYTES / MAX_CLIENT_BYTES; i++)
			fill(memory, `192.0.2.${i}`, MAX_CLIENT_BYTES);
		expect(grows(memory, "198.51.100.1", 1)).toBe(false);
	});

	it("forgets bodies whose requests must have ended, since the runtime does not tell when a client leaves", () => {
		const memory = newBodyMemory();
		fill(memory, "192.0.2.1", MAX_CLIENT_BYTES, Date.now() - 1);
		expect(grows(memory, "192.0.2.1", MAX_CLIENT_BYTES)).toBe(true);
		expect(memory.bytes).toBe(MAX_CLIENT_BYTES);
	});

	it("always has room for one body of the largest size that the pool allows", () => {
		expect(grows(newBodyMemory(), "192.0.2.1", 100_000_000, 100_000_000)).toBe(true);
	});
});
