import { describe, expect, it } from "vitest";
import { bounded, clientField } from "../../../worker/stats/log-fields.ts";

/** Bytes of a text inside JSON. */
const jsonBytes = (text: string) => new TextEncoder().encode(JSON.stringify(text)).length - 2;

describe("a text of a log line", () => {
	it.each<[what: string, text: string]>([
		["nothing", ""],
		["letters up to the limit", "a".repeat(200)],
		["quotes up to the limit", '"'.repeat(100)],
		["control characters up to the limit", `${"\u0001".repeat(33)}ab`],
		["emoji up to the limit", "😀".repeat(50)],
		["short escapes up to the limit", "\n\t\r\b\f".repeat(20)],
	])("stays as it is: %s", (_what, text) => {
		expect(bounded(text, 200)).toBe(text);
		expect(jsonBytes(text)).toBeLessThanOrEqual(200);
	});

	it.each<[what: string, text: string, kept: string]>([
		["letters", "a".repeat(201), "a".repeat(197)],
		["a path of 30 KB", `/${"x".repeat(30_000)}`, `/${"x".repeat(196)}`],
		["quotes, two bytes each", '"'.repeat(101), '"'.repeat(98)],
		["backslashes", "\\".repeat(5000), "\\".repeat(98)],
		["control characters, six bytes each", "\u0001".repeat(34), "\u0001".repeat(32)],
		["letters beyond ASCII, two bytes each", "é".repeat(101), "é".repeat(98)],
		["letters of three bytes", "漢".repeat(67), "漢".repeat(65)],
		["emoji, which are not cut apart", "😀".repeat(51), "😀".repeat(49)],
		["halves of emoji, which JSON escapes", "\ud83d".repeat(34), "\ud83d".repeat(32)],
	])("is cut, with an ellipsis: %s", (_what, text, kept) => {
		expect(bounded(text, 200)).toBe(`${kept}…`);
		expect(jsonBytes(bounded(text, 200))).toBeLessThanOrEqual(200);
	});

	it("takes at most the limit, for every mix of characters and every limit", () => {
		const units = [
			"a",
			'"',
			"\\",
			"\n",
			"\u0000",
			"\u007f",
			"\u009f",
			"é",
			"\u2028",
			"漢",
			"😀",
			"\ud800",
			"\udc00",
		];
		let seed = 1;
		const next = (below: number) => {
			seed = (seed * 48_271) % 2_147_483_647;
			return seed % below;
		};
		for (let i = 0; i < 2000; i++) {
			const text = Array.from({ length: next(80) }, () => units[next(units.length)]).join("");
			const limit = 10 + next(60);
			const cut = bounded(text, limit);
			expect(jsonBytes(cut), JSON.stringify([text, limit])).toBeLessThanOrEqual(limit);
			if (jsonBytes(text) <= limit) expect(cut).toBe(text);
			else expect(cut.endsWith("…") && text.startsWith(cut.slice(0, -1))).toBe(true);
		}
	});
});

describe("the client of a log line", () => {
	it.each<[address: string, prefix: string | null, full: string | null]>([
		["192.0.2.77", "192.0.2.0/24", "192.0.2.77"],
		["203.0.113.0", "203.0.113.0/24", "203.0.113.0"],
		["::ffff:192.0.2.77", "192.0.2.0/24", "::ffff:192.0.2.77"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", "2001:db8:1:2:3:4:5:6"],
		["2001:0DB8:0001::9", "2001:db8:1::/48", "2001:0DB8:0001::9"],
		["2001:db8::1", "2001:db8::/48", "2001:db8::1"],
		["2001:0:5::1", "2001:0:5::/48", "2001:0:5::1"],
		["fe80::1", "fe80::/48", "fe80::1"],
		["::1", "::/48", "::1"],
		["", null, null],
		["unknown", null, null],
		["192.0.2", null, null],
		["1".repeat(8000), null, null],
	])("of %j is its network %s by default, %s in full, and null with none", (address, prefix, full) => {
		expect(clientField(address, "prefix")).toBe(prefix);
		expect(clientField(address, "full")).toBe(full);
		expect(clientField(address, "none")).toBeNull();
	});
});
