import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findOpenPacket } from "../../../worker/stick/open-packet.ts";
import { addTag, removeTag } from "../../../worker/stick/rewrite.ts";
import { bytesOf, RECORDED, textOf } from "../support/open-packets.ts";
import { parsed } from "../support/pools.ts";

const TAG = "d0N";

/** The body with the tag in its open packet; null when it has none. */
function tagged(body: Uint8Array): Uint8Array | null {
	const open = findOpenPacket(body);
	return open === null ? null : addTag(body, open, TAG);
}

const taggedText = (body: string) => {
	const result = tagged(bytesOf(body));
	return result === null ? null : textOf(result);
};

describe("the tag", () => {
	it.each(RECORDED)("is added to the handshake of $from, and nothing else changes", (recorded) => {
		expect(findOpenPacket(bytesOf(recorded.body))?.sid).toBe(recorded.sid);
		expect(taggedText(recorded.body)).toBe(recorded.tagged);
	});

	it.each([
		[
			"with white space and fields in another order",
			'0 {\n "upgrades" : [ ] , "sid" : "abc" }\n',
			'0 {\n "upgrades" : [ ] , "sid" : "d0Nabc" }\n',
		],
		["whose key is escaped", '0{"\\u0073id":"abc"}', '0{"\\u0073id":"d0Nabc"}'],
		["whose id is escaped", '0{"sid":"\\u0061\\"bc"}', '0{"sid":"d0N\\u0061\\"bc"}'],
		[
			"with fields of the same name inside others, before and after",
			'0{"a":{"sid":"x"},"b":["sid",{"sid":"}"}],"c":"\\"sid\\":\\"y\\"","sid":"abc","d":{"sid":"z"}}',
			'0{"a":{"sid":"x"},"b":["sid",{"sid":"}"}],"c":"\\"sid\\":\\"y\\"","sid":"d0Nabc","d":{"sid":"z"}}',
		],
		["with two ids, of which parsers use the last", '0{"sid":"a","sid":"b"}', '0{"sid":"a","sid":"d0Nb"}'],
		["with a length that grows by a digit", '99:0{"sid":"a"}', '102:0{"sid":"d0Na"}'],
		[
			"in JSONP with other escapes, as Go's template.JSEscape writes them",
			'___eio[3]("14:0{\\u0022sid\\u0022:\\x22a\\u003D\\u0022}");',
			'___eio[3]("17:0{\\u0022sid\\u0022:\\x22d0Na\\u003D\\u0022}");',
		],
		[
			"in JSONP without an index, after a comment",
			'/**/___eio[]("0{\\"sid\\":\\"a\\"}");',
			'/**/___eio[]("0{\\"sid\\":\\"d0Na\\"}");',
		],
		[
			"marked as binary, with the type as a number",
			'\x01\x01\x02\xff\x00{"sid":"a"}',
			'\x01\x01\x05\xff\x00{"sid":"d0Na"}',
		],
	])("is added to a packet %s", (_what, body, expected) => {
		expect(taggedText(body)).toBe(expected);
	});

	it.each([
		["an error of Engine.IO", '{"code":3,"message":"Bad request"}'],
		["a page", "<!DOCTYPE html><html></html>"],
		["nothing", ""],
		["another packet", '4{"sid":"abc"}'],
		["another packet with a length", '11:4{"sid":"a"}'],
		["another packet in binary framing", '\x00\x01\x01\xff4{"sid":"a"}'],
		["binary framing without a length", '\x00\xff0{"sid":"a"}'],
		["binary framing with an endless length", `\x00${"\x01".repeat(400)}\xff0{"sid":"a"}`],
		["binary framing that ends in its length", "\x00\x01\x02"],
		["an open packet that ends early", '0{"sid":"abc'],
		["an open packet that is not JSON", '0{"sid":"abc",}'],
		["an open packet without a session id", '0{"upgrades":[]}'],
		["a session id in another field", '0{"x":{"sid":"abc"}}'],
		["an empty session id", '0{"sid":""}'],
		["a session id that is a number", '0{"sid":5}'],
		["a session id that is a number after one that is text", '0{"sid":"a","sid":5}'],
		["JSONP that does not end", '___eio[0]("0{\\"sid\\":\\"a\\"}'],
		[
			"JSONP of a buffer, which engine.io 1 sends without b64 and no client reads",
			'___eio[0]({"type":"Buffer"});',
		],
		["bytes of zstd", "(\xb5/\xfd\x04\x00"],
	])("is not added to %s", (_what, body) => {
		expect(findOpenPacket(bytesOf(body))).toBeNull();
	});

	it("is looked for in any bytes without an error", () => {
		const beginnings = fc.constantFrom(
			"",
			"0",
			"0{",
			"96:0{",
			"\x00\x09\xff0{",
			'___eio[1]("',
			"___eio[1]('0{",
		);
		fc.assert(
			fc.property(beginnings, fc.uint8Array({ maxLength: 200 }), (beginning, rest) => {
				const open = findOpenPacket(new Uint8Array([...bytesOf(beginning), ...rest]));
				return open === null || open.sid.length > 0;
			}),
		);
	});
});

describe("limits in the open packet", () => {
	it.each([
		['0{"sid":"a","pingInterval":25000,"pingTimeout":20000,"maxPayload":1e6}', 25000, 20000, 1_000_000],
		['0{"sid":"a"}', null, null, null],
		['0{"sid":"a","pingInterval":"25000","pingTimeout":-1,"maxPayload":1e999}', null, null, null],
	])("of %s are read", (body, pingInterval, pingTimeout, maxPayload) => {
		expect(findOpenPacket(bytesOf(body))).toMatchObject({ pingInterval, pingTimeout, maxPayload });
	});
});

/** UTF-8 of a text. */
const utf8 = (text: string) => new TextEncoder().encode(text);
const concat = (...parts: readonly (Uint8Array | string)[]) =>
	new Uint8Array(parts.flatMap((part) => [...(typeof part === "string" ? utf8(part) : part)]));
const sizeIn = (unit: "bytes" | "UTF-16 units" | "characters", text: string) =>
	unit === "bytes" ? utf8(text).length : unit === "UTF-16 units" ? text.length : [...text].length;

/** A JavaScript string as engine.io writes it, and as netty-socketio does. */
const doubleQuoted = (text: string) =>
	JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
const singleQuoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;

type Unit = Parameters<typeof sizeIn>[0];
type Framing = (packet: string, rest: Uint8Array, restText: string, unit: Unit) => Uint8Array;
const FRAMINGS: Readonly<Record<string, Framing>> = {
	"Engine.IO 4 text": (packet, rest) => concat(packet, "\x1e", rest),
	"Engine.IO 3 text": (packet, rest, _text, unit) => concat(`${sizeIn(unit, packet)}:${packet}`, rest),
	"Engine.IO 3 binary": (packet, rest, _text, unit) =>
		concat([0, ...[...String(sizeIn(unit, packet))].map(Number), 255] as never, packet, rest),
	"Engine.IO 4 JSONP": (packet, _rest, text) =>
		concat(`___eio[12](${doubleQuoted(`${packet}\x1e${text}`)});`),
	"Engine.IO 3 JSONP": (packet, _rest, text, unit) =>
		concat(`___eio[0](${doubleQuoted(`${sizeIn(unit, packet)}:${packet}${text}`)});`),
	"netty-socketio's JSONP": (packet, _rest, text, unit) =>
		concat(`___eio[0](${singleQuoted(`${sizeIn(unit, packet)}:${packet}${text}`)});`),
};

describe("in every framing", () => {
	const fields = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
	const packets = fc.record({
		sid: fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
		before: fields,
		after: fields,
		space: fc.constantFrom("", " ", "\n\t"),
		rest: fc.uint8Array({ maxLength: 40 }),
		restText: fc.string({ unit: "binary", maxLength: 40 }),
		unit: fc.constantFrom("bytes", "UTF-16 units", "characters"),
	});

	it.each(Object.entries(FRAMINGS))("%s: the tag is the only change to any packet", (_name, framing) => {
		fc.assert(
			fc.property(packets, ({ sid, before, after, space, rest, restText, unit }) => {
				const members = (table: object) =>
					Object.entries(table)
						.filter(([name]) => name !== "sid")
						.map(([name, value]) => `${JSON.stringify(name)}:${space}${JSON.stringify(value)}`);
				const packetOf = (id: string) => {
					const all = [...members(before), `"sid"${space}:${space}${JSON.stringify(id)}`, ...members(after)];
					return `0${space}{${all.join(`,${space}`)}}`;
				};
				const body = framing(packetOf(sid), rest, restText, unit);
				expect(tagged(body)).toEqual(framing(packetOf(TAG + sid), rest, restText, unit));
			}),
		);
	});
});

describe("removeTag", () => {
	it.each([
		["?EIO=4&transport=polling&sid=d0NabcDEF&t=x", "?EIO=4&transport=polling&sid=abcDEF&t=x"],
		["?sid=d0Nabc", "?sid=abc"],
		["?%73id=d0Nabc&EIO=4", "?%73id=abc&EIO=4"],
		["?s%69%64=%640%4Eabc", "?s%69%64=abc"],
		["?sid=%64%30%4eabc", "?sid=abc"],
		["?EIO=4&sid=d0N%20a", "?EIO=4&sid=%20a"],
		["?EIO=4&sid=d0N+%2B%2f%C3%A9", "?EIO=4&sid=+%2B%2f%C3%A9"],
		["?EIO=4&sid=d0N%zz", "?EIO=4&sid=%zz"],
		["?a=b?sid=zzzzzz&sid=d0Nabc", "?a=b?sid=zzzzzz&sid=abc"],
		["?EIO=4&xsid=d0Nabc", "?EIO=4&xsid=d0Nabc"],
		["?EIO=4&SID=d0Nabc", "?EIO=4&SID=d0Nabc"],
		["?EIO=4&sid=%zz", "?EIO=4&sid=%zz"],
		["?EIO=4&sid=d0N", "?EIO=4&sid=d0N"],
		["?sid=d0N&EIO=4", "?sid=d0N&EIO=4"],
		["?sid=d0&x=Nabc", "?sid=d0&x=Nabc"],
	])("turns %s into %s", (search, wanted) => {
		expect(removeTag(search)).toBe(wanted);
	});

	it("never throws", () => {
		fc.assert(fc.property(fc.string(), (search) => typeof removeTag(`?${search}`) === "string"));
	});

	it("removes the tag from the session id that the edge reads, in any spelling, and changes nothing else", () => {
		/** A text with some of its characters percent-encoded. */
		const spelled = (text: string) =>
			fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escaped) =>
				[...text]
					.map((character, i) => {
						const hex = character.charCodeAt(0).toString(16);
						return escaped[i] === true ? `%${i % 2 === 0 ? hex : hex.toUpperCase()}` : character;
					})
					.join(""),
			);
		const query = fc.string({ unit: fc.constantFrom(..."sidEO=?+%7364&a") });
		const value = fc.string({ minLength: 1, unit: fc.constantFrom(..."aZ09_-+%2=?é/") });
		fc.assert(
			fc.property(query, spelled("sid"), spelled(TAG), value, query, (before, name, tag, rest, after) => {
				const search = `?${before}&${name}=${tag}${rest}&${after}`;
				const request = parsed("GET", `/socket.io/${search}`);
				fc.pre(request.ambiguous === null && request.sid?.startsWith(TAG) === true);
				const removed = removeTag(request.search);
				expect(removed).toBe(`?${before}&${name}=${rest}&${after}`);
				expect(parsed("GET", `/socket.io/${removed}`).sid).toBe(request.sid!.slice(TAG.length));
			}),
		);
	});
});
