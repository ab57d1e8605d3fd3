import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addTag, removeTag, sidIn } from "../../../worker/stick/rewrite.ts";

const OPEN = '{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000}';
const TAGGED = OPEN.replace("lv_VI", "d0Nlv_VI");

describe("addTag", () => {
	it.each([
		["Engine.IO 4 text", `0${OPEN}`, `0${TAGGED}`],
		[
			"Engine.IO 3 text, and adds 3 to its length",
			`${OPEN.length + 1}:0${OPEN}`,
			`${OPEN.length + 4}:0${TAGGED}`,
		],
		[
			"Engine.IO 3 text that is followed by another packet",
			`${OPEN.length + 1}:0${OPEN}2:40`,
			`${OPEN.length + 4}:0${TAGGED}2:40`,
		],
		[
			"Engine.IO 4 JSONP",
			`___eio[7](${JSON.stringify(`0${OPEN}`)});`,
			`___eio[7](${JSON.stringify(`0${TAGGED}`)});`,
		],
		[
			"Engine.IO 3 JSONP",
			`___eio[0](${JSON.stringify(`${OPEN.length + 1}:0${OPEN}`)});`,
			`___eio[0](${JSON.stringify(`${OPEN.length + 4}:0${TAGGED}`)});`,
		],
		[
			"the answer of a Python node, with spaces and a longer sid",
			'0{"sid": "0123456789abcdef0123456789abcdef", "upgrades": []}',
			'0{"sid": "d0N0123456789abcdef0123456789abcdef", "upgrades": []}',
		],
	])("writes the tag into %s", (_form, body, tagged) => {
		expect(addTag(body, "d0N")).toBe(tagged);
	});

	it("leaves an answer without an open packet as it is", () => {
		const body = '{"code":3,"message":"Bad request"}';
		expect(addTag(body, "d0N")).toBe(body);
	});

	it("is undone exactly by removeTag, whatever the length and characters of the sid", () => {
		const sids = fc
			.string({ minLength: 1, maxLength: 64 })
			.filter((text) => !/["\\]/.test(JSON.stringify(text).slice(1, -1)));
		fc.assert(
			fc.property(sids, fc.boolean(), fc.boolean(), (sid, jsonp, v3) => {
				const packet = `0{"sid":"${sid}","upgrades":[]}`;
				const payload = v3 ? `${packet.length}:${packet}` : packet;
				const body = jsonp ? `___eio[1](${JSON.stringify(payload)});` : payload;
				const tagged = sidIn(addTag(body, "d0N"));
				expect(tagged).toBe(`d0N${sid}`);
				const search = removeTag(`?EIO=4&sid=${encodeURIComponent(tagged!)}&t=1`);
				expect(new URLSearchParams(search).get("sid")).toBe(sid);
			}),
		);
	});
});

describe("removeTag", () => {
	it.each([
		["?EIO=4&transport=polling&sid=d0NabcDEF&t=x", "?EIO=4&transport=polling&sid=abcDEF&t=x"],
		["?sid=d0Nabc", "?sid=abc"],
		["?%73id=d0Nabc&EIO=4", "?%73id=abc&EIO=4"],
		["?EIO=4&sid=d0N%20a", "?EIO=4&sid=%20a"],
		["?EIO=4&xsid=d0Nabc", "?EIO=4&xsid=d0Nabc"],
		["?EIO=4&SID=d0Nabc", "?EIO=4&SID=d0Nabc"],
		["?EIO=4&sid=%zz", "?EIO=4&sid=%zz"],
	])("turns %s into %s", (search, wanted) => {
		expect(removeTag(search)).toBe(wanted);
	});

	it("never throws", () => {
		fc.assert(fc.property(fc.string(), (search) => typeof removeTag(`?${search}`) === "string"));
	});
});
