import fc from "fast-check";
import { Decoder, Encoder, type Packet, PacketType } from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { type Frame, ProtocolError } from "../../../../loadtest/k6/codec/frame.ts";
import { encodePacket, PacketReader, type SocketPacket } from "../../../../loadtest/k6/codec/socket.ts";

const bytes = fc.uint8Array({ maxLength: 20 }).map((view) => view.slice().buffer);
/** Without the key `__proto__`, which socket.io-parser loses in a packet with attachments. */
const json = fc
	.jsonValue({ maxDepth: 3 })
	.map((value) => JSON.stringify(value))
	.filter((text) => !text.includes("__proto__"))
	.map((text) => JSON.parse(text) as unknown);
const argument = fc.oneof(
	json,
	bytes,
	fc.record({ file: bytes, name: fc.string() }),
	fc.array(bytes, { maxLength: 2 }),
);
const namespace = fc.constantFrom("/", "/admin", "/a/b-1");

const eventOrAck: fc.Arbitrary<SocketPacket> = fc.oneof(
	fc.record({
		type: fc.constant("event" as const),
		namespace,
		id: fc.option(fc.nat()),
		data: fc.array(argument, { maxLength: 3 }).map((args) => ["echo", ...args]),
	}),
	fc.record({
		type: fc.constant("ack" as const),
		namespace,
		id: fc.nat(),
		data: fc.array(argument, { maxLength: 3 }),
	}),
);

/** The packet in socket.io-parser's form. */
function real({ type, namespace: nsp, id, data }: SocketPacket): Packet {
	return {
		type: PacketType[type.toUpperCase() as keyof typeof PacketType],
		nsp,
		data,
		...(id !== null && { id }),
	};
}

function readAll(frames: readonly Frame[]): SocketPacket | null {
	const reader = new PacketReader();
	return frames.map((frame) => reader.take(frame)).at(-1) ?? null;
}

describe("the Socket.IO codec", () => {
	it("reads back whatever it writes, attachments included", () => {
		fc.assert(
			fc.property(eventOrAck, (packet) => {
				expect(readAll(encodePacket(packet))).toEqual(packet);
			}),
		);
	});

	it("writes what socket.io-parser reads as the same packet", () => {
		fc.assert(
			fc.property(eventOrAck, (packet) => {
				const decoder = new Decoder();
				const seen: Packet[] = [];
				decoder.on("decoded", (decoded: Packet) => seen.push(decoded));
				for (const frame of encodePacket(packet)) decoder.add(frame);
				expect(seen).toHaveLength(1);
				const { type, nsp, id, data } = seen[0]!;
				expect({ type, nsp, data, ...(id !== undefined && { id }) }).toEqual(real(packet));
			}),
		);
	});

	it("reads what socket.io-parser writes", () => {
		fc.assert(
			fc.property(eventOrAck, (packet) => {
				expect(readAll(new Encoder().encode(real(packet)) as Frame[])).toEqual(packet);
			}),
		);
	});

	it.each([
		["0", { type: "connect", namespace: "/", id: null, data: undefined }],
		['0/admin,{"token":"x"}', { type: "connect", namespace: "/admin", id: null, data: { token: "x" } }],
		['0{"sid":"a"}', { type: "connect", namespace: "/", id: null, data: { sid: "a" } }],
		["1", { type: "disconnect", namespace: "/", id: null, data: undefined }],
		['4{"message":"no"}', { type: "connect_error", namespace: "/", id: null, data: { message: "no" } }],
		['212["echo",1]', { type: "event", namespace: "/", id: 12, data: ["echo", 1] }],
	] as const)("reads %j", (text, packet) => {
		expect(readAll([text])).toEqual(packet);
	});

	it.each(["", "7[]", "9", "5[]", "2-1[]", "3{", "51-[}"])("refuses the text %j", (text) => {
		expect(() => new PacketReader().take(text)).toThrow(ProtocolError);
	});

	it("refuses bytes that no packet announced, and text where bytes must follow", () => {
		expect(() => new PacketReader().take(new ArrayBuffer(1))).toThrow(/no packet announced/);
		const reader = new PacketReader();
		reader.take('51-["echo",{"_placeholder":true,"num":0}]');
		expect(() => reader.take('2["echo"]')).toThrow(/an attachment was due/);
	});

	it("refuses a placeholder beyond the attachments that came", () => {
		const reader = new PacketReader();
		reader.take('51-["echo",{"_placeholder":true,"num":3}]');
		expect(() => reader.take(new ArrayBuffer(1))).toThrow(/did not come/);
	});

	it("sends a view's own bytes, not the buffer behind it", () => {
		const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
		const [text, attachment] = encodePacket({
			type: "event",
			namespace: "/",
			id: null,
			data: ["echo", view],
		});
		expect(text).toBe('51-["echo",{"_placeholder":true,"num":0}]');
		expect([...new Uint8Array(attachment as ArrayBuffer)]).toEqual([2, 3]);
	});
});
