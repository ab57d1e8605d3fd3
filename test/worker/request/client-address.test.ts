import { describe, expect, it } from "vitest";
import { parseRange } from "../../../worker/config/addresses.ts";
import { clientAddress, rightmostUntrusted, withoutPort } from "../../../worker/request/headers.ts";
import { configOf, variables } from "../support/pools.ts";

const claims = { "cf-connecting-ip": "203.0.113.9", "x-forwarded-for": "198.51.100.1" };
const request = new Request("https://edge.test/", { headers: claims });

describe("the address of a client behind trusted proxies", () => {
	const trusted = [parseRange("10.0.0.0/8")!];
	it.each([
		[
			"203.0.113.5",
			"1.1.1.1",
			"203.0.113.5",
			"the peer is not a trusted proxy, so its header is not trusted",
		],
		[
			"10.0.0.1",
			"6.6.6.6, 203.0.113.5",
			"203.0.113.5",
			"the proxy wrote the last entry, the client the first",
		],
		["10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5", "two trusted proxies in a row"],
		["10.0.0.1", null, "10.0.0.1", "the proxy wrote no header"],
		["10.0.0.1", "garbage", "10.0.0.1", "an entry that is not an address"],
	])("from peer %s with X-Forwarded-For %s is %s: %s", (peer, header, wanted, _why) => {
		expect(rightmostUntrusted(peer, header, trusted)).toBe(wanted);
	});
});

describe("the client's address", () => {
	it("is CF-Connecting-IP on Cloudflare, which sets the header itself", () => {
		const config = configOf({ POOL_APP: { nodes: [{ id: "n1", url: "https://n1.test" }] } });
		expect(clientAddress(config, request)).toBe("203.0.113.9");
	});

	it("is never taken from a header on plain workerd", () => {
		expect(clientAddress(configOf(variables()), request)).toBe("");
	});
});

describe("withoutPort", () => {
	it.each([
		["127.0.0.1:54372", "127.0.0.1"],
		["[::1]:54372", "::1"],
		["::1", "::1"],
		["10.0.0.1", "10.0.0.1"],
		["", ""],
	])("of %j is %j", (peer, address) => {
		expect(withoutPort(peer)).toBe(address);
	});
});
