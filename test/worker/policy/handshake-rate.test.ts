import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientKey, countHandshake, newHandshakeRate } from "../../../worker/policy/handshake-rate.ts";

const NOON = Date.UTC(2026, 10, 23, 12);

describe("the handshake rate", () => {
	it("admits a client up to its limit within a minute, and again in the next minute", () => {
		const rate = newHandshakeRate();
		const tries = [0, 1, 2, 59_999].map((after) => countHandshake(rate, "a", 3, NOON + after));
		expect(tries).toEqual([true, true, true, false]);
		expect(countHandshake(rate, "b", 3, NOON + 59_999)).toBe(true);
		expect(countHandshake(rate, "a", 3, NOON + 60_000)).toBe(true);
	});

	it("stores at most 20,000 clients per minute", () => {
		const rate = newHandshakeRate();
		for (let i = 0; i < 25_000; i++) countHandshake(rate, `client ${i}`, 1, NOON);
		expect(rate.counts.size).toBe(20_000);
		expect(countHandshake(rate, "client 5", 1, NOON)).toBe(false);
	});
});

describe("a client's key", () => {
	it.each([
		["203.0.113.7", "203.0.113.7"],
		["::ffff:203.0.113.7", "203.0.113.7"],
		["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
		["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
		["2001:0db8:0001:0002::", "2001:db8:1:2::/64"],
		["2001:db8::1", "2001:db8:0:0::/64"],
		["::1", "0:0:0:0::/64"],
	])("of %s is %s", (address, key) => {
		expect(clientKey(address)).toBe(key);
	});

	it("is the same for all addresses of a /64, and different for another /64", () => {
		const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
		const four = fc.tuple(group, group, group, group);
		fc.assert(
			fc.property(four, four, four, (net, a, b) => {
				expect(clientKey([...net, ...a].join(":"))).toBe(clientKey([...net, ...b].join(":")));
				const other = [`${net[0] === "1" ? "2" : "1"}`, ...net.slice(1)];
				expect(clientKey([...other, ...a].join(":"))).not.toBe(clientKey([...net, ...a].join(":")));
			}),
		);
	});
});
