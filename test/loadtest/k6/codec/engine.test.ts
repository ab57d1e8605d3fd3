import { Buffer } from "node:buffer";
import {
	decodePacket,
	decodePayload as realDecodePayload,
	encodePayload as realEncodePayload,
} from "engine.io-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	decodeFrame,
	decodePayload,
	ENGINE_TYPES,
	type EnginePacket,
	encodeFrame,
	encodePayload,
	engineErrorCode,
	readOpenPacket,
} from "../../../../loadtest/k6/codec/engine.ts";
import { type Base64, ProtocolError } from "../../../../loadtest/k6/codec/frame.ts";

const base64: Base64 = {
	encode: (bytes) => Buffer.from(bytes).toString("base64"),
	decode: (text) => new Uint8Array(Buffer.from(text, "base64")).buffer,
};

const bytes = fc.uint8Array({ maxLength: 40 }).map((view) => view.slice().buffer);
/** Messages contain only JSON text, in which the separator cannot occur. */
const text = fc.string({ maxLength: 40 }).filter((value) => !value.includes("\x1e"));
const packet: fc.Arbitrary<EnginePacket> = fc.oneof(
	fc.record({ type: fc.constantFrom(...ENGINE_TYPES), data: text }),
	fc.record({ type: fc.constant("message" as const), data: bytes }),
);

describe("the Engine.IO codec", () => {
	it("reads back whatever it writes, frame by frame", () => {
		fc.assert(
			fc.property(packet, (one) => {
				expect(decodeFrame(encodeFrame(one))).toEqual(one);
			}),
		);
	});

	it("writes polling bodies that engine.io-parser reads as the same packets", () => {
		fc.assert(
			fc.property(fc.array(packet, { minLength: 1, maxLength: 5 }), (packets) => {
				const read = realDecodePayload(encodePayload(packets, base64), "arraybuffer");
				expect(read.map(({ type, data = "" }) => ({ type, data }))).toEqual(packets);
			}),
		);
	});

	it("reads polling bodies that engine.io-parser writes", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 5 }), async (packets) => {
				const body = await new Promise<string>((resolve) => realEncodePayload([...packets], resolve));
				expect(decodePayload(body, base64)).toEqual(packets);
			}),
		);
	});

	it("writes frames that engine.io-parser reads", () => {
		for (const type of ENGINE_TYPES)
			expect(decodePacket(encodeFrame({ type, data: "probe" }))).toEqual({ type, data: "probe" });
	});

	it.each(["", "7", "x", "b"])("refuses the frame %j, which does not start with a packet type", (frame) => {
		expect(() => decodeFrame(frame)).toThrow(ProtocolError);
	});

	it("reads the open packet of a session", () => {
		const data =
			'{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
		expect(readOpenPacket(data)).toEqual({
			sid: "abc",
			upgrades: ["websocket"],
			pingInterval: 25_000,
			pingTimeout: 20_000,
		});
	});

	it.each(["", "[]", '{"sid":1}', '{"sid":"a","upgrades":[]}'])("refuses the open packet %j", (data) => {
		expect(() => readOpenPacket(data)).toThrow(/lacks sid, upgrades, pingInterval or pingTimeout/);
	});

	it("finds the code of an Engine.IO error, and none in other bodies", () => {
		expect(engineErrorCode('{"code":1,"message":"Session ID unknown"}')).toBe(1);
		expect(engineErrorCode("<html>Bad gateway</html>")).toBeNull();
		expect(engineErrorCode("null")).toBeNull();
	});
});
