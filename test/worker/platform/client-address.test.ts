import { describe, expect, it } from "vitest";
import { addressOf, isWithin } from "../../../worker/platform/address.ts";
import { clientAddress, rightmostUntrusted } from "../../../worker/platform/client-address.ts";
import { configOf, variables } from "../support/pools.ts";

const claims = { "cf-connecting-ip": "203.0.113.9", "x-forwarded-for": "198.51.100.1" };
const request = new Request("https://edge.test/", { headers: claims });

describe("addressOf", () => {
	it.each([
		["127.0.0.1:54372", "127.0.0.1"],
		["[::1]:54372", "::1"],
		["::1", "::1"],
		["10.0.0.1", "10.0.0.1"],
		["", ""],
	])("reads %s as %s", (peer, address) => {
		expect(addressOf(peer)).toBe(address);
	});
});

describe("isWithin", () => {
	it.each([
		["10.1.2.3", "10.0.0.0/8", true],
		["11.1.2.3", "10.0.0.0/8", false],
		["10.1.2.3", "10.1.2.3", true],
		["::ffff:10.1.2.3", "10.0.0.0/8", true],
		["2001:db8::5", "2001:db8::/32", true],
		["2001:db9::5", "2001:db8::/32", false],
		["::1", "::1", true],
		["10.1.2.3", "::/0", false],
		["300.1.1.1", "0.0.0.0/0", false],
		["nonsense", "10.0.0.0/8", false],
		["1:2:3:4:5:6:7:8:9", "::/0", false],
	])("%s in %s: %s", (address, range, wanted) => {
		expect(isWithin(address, range)).toBe(wanted);
	});
});

describe("rightmostUntrusted", () => {
	const trusted = ["10.0.0.0/8"];
	it.each([
		["203.0.113.5", "1.1.1.1", "203.0.113.5", "the peer is no trusted proxy, so its header is a claim"],
		[
			"10.0.0.1",
			"6.6.6.6, 203.0.113.5",
			"203.0.113.5",
			"the proxy wrote the last entry, the client the first",
		],
		["10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5", "two trusted proxies in a row"],
		["10.0.0.1", null, "10.0.0.1", "the proxy wrote none"],
		["10.0.0.1", "garbage", "10.0.0.1", "an entry that is no address"],
	])("from peer %s with %s is %s: %s", (peer, header, wanted, _why) => {
		expect(rightmostUntrusted(peer, header, trusted)).toBe(wanted);
	});
});

describe("clientAddress", () => {
	it("believes CF-Connecting-IP on Cloudflare, which overwrites it", () => {
		const config = configOf({ POOL_APP: { nodes: [{ id: "n1", url: "https://n1.test" }] } });
		expect(clientAddress(config, request)).toBe("203.0.113.9");
	});

	it("believes no header on plain workerd", () => {
		expect(clientAddress(configOf(variables()), request)).toBe("");
	});
});
