import { describe, expect, it } from "vitest";
import { isSecure } from "../../../worker/request/headers.ts";
import { configOf, variables } from "../support/pools.ts";

const trusting = configOf(variables({}, { EDGE: { trusted_proxies: ["10.0.0.0/8"] } }));
const from = (clientIp: string, proto: string) =>
	new Request("http://edge.test/", {
		headers: { "x-forwarded-proto": proto },
		cf: { clientIp },
	} as RequestInit);

describe("a plain http request at the edge", () => {
	it.each([
		["10.0.0.1:4000", "https", true],
		["10.0.0.1:4000", "https, http", false],
		["10.0.0.1:4000", "http", false],
		["203.0.113.5:4000", "https", false],
	])("from %s with X-Forwarded-Proto %s counts as encrypted: %s", (peer, proto, secure) => {
		expect(isSecure(trusting, from(peer, proto))).toBe(secure);
	});

	it("never counts as encrypted when no proxy is trusted", () => {
		expect(isSecure(configOf(variables()), from("10.0.0.1:4000", "https"))).toBe(false);
	});
});
