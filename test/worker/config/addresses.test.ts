import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInRanges, parseRange } from "../../../worker/config/addresses.ts";

describe("whether an address lies in a range", () => {
	it.each([
		["10.1.2.3", "10.0.0.0/8", true],
		["11.1.2.3", "10.0.0.0/8", false],
		["10.1.2.3", "10.1.2.3", true],
		["10.1.2.4", "10.1.2.3", false],
		["10.1.2.3", "0.0.0.0/0", true],
		["203.0.113.127", "203.0.113.0/25", true],
		["203.0.113.128", "203.0.113.0/25", false],
		["255.255.255.255", "255.255.255.254/31", true],
		["::ffff:10.1.2.3", "10.0.0.0/8", true],
		["::FFFF:10.1.2.3", "10.0.0.0/8", true],
		["::ffff:a01:203", "10.0.0.0/8", true],
		["0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3", true],
		["10.1.2.3", "::ffff:10.0.0.0/104", true],
		["11.1.2.3", "::ffff:10.0.0.0/104", false],
		["10.1.2.3", "::ffff:0:0/96", true],
		["2001:db8::5", "2001:db8::/32", true],
		["2001:DB8:0:0::5", "2001:db8::/32", true],
		["2001:db9::5", "2001:db8::/32", false],
		["2001:db8:0:1::1", "2001:db8::/63", true],
		["2001:db8:0:2::1", "2001:db8::/63", false],
		["64:ff9b::192.0.2.1", "64:ff9b::c000:201", true],
		["::1", "::1", true],
		["fe80::1%eth0", "fe80::/10", true],
		["10.1.2.3", "::/0", false],
		["2001:db8::5", "::/0", true],
		["2001:db8::5", "0.0.0.0/0", false],
		["300.1.1.1", "0.0.0.0/0", false],
		["nonsense", "10.0.0.0/8", false],
		["", "0.0.0.0/0", false],
		["1:2:3:4:5:6:7:8:9", "::/0", false],
	])("%s in %s: %s", (address, range, wanted) => {
		expect(isInRanges(address, [parseRange(range)!])).toBe(wanted);
	});

	it("is true when one of several ranges contains it, and false without any", () => {
		const ranges = ["192.0.2.1", "2001:db8::/32"].map((text) => parseRange(text)!);
		expect(isInRanges("2001:db8::9", ranges)).toBe(true);
		expect(isInRanges("192.0.2.1", [])).toBe(false);
	});

	it("agrees with a comparison of bits, for any IPv4 address and prefix", () => {
		const byte = fc.integer({ min: 0, max: 255 });
		const address = fc.tuple(byte, byte, byte, byte);
		const bits = (bytes: readonly number[]) => bytes.map((b) => b.toString(2).padStart(8, "0")).join("");
		fc.assert(
			fc.property(address, address, fc.integer({ min: 0, max: 32 }), (a, b, prefix) => {
				const wanted = bits(a).slice(0, prefix) === bits(b).slice(0, prefix);
				expect(isInRanges(a.join("."), [parseRange(`${b.join(".")}/${prefix}`)!])).toBe(wanted);
			}),
		);
	});
});

describe("text that is not a range", () => {
	it.each([
		"",
		"10.0.0.0/33",
		"10.0.0.0/",
		"10.0.0.0/8/8",
		"10.0.0/8",
		"256.0.0.1",
		"example.com",
		"::/129",
		":::",
		"1::2::3",
		"10.0.0.0/-1",
		"10.0.0.0/1e1",
		" 10.0.0.1",
		"fe80::1%eth0",
	])("%j reads as null", (text) => {
		expect(parseRange(text)).toBeNull();
	});
});
