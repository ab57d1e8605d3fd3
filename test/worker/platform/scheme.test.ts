import { describe, expect, it } from "vitest";
import { behindProxy } from "../../../worker/platform/scheme.ts";
import { classify } from "../../../worker/request/classify.ts";
import { configOf, variables } from "../support/pools.ts";

const trusting = configOf(variables({}, { EDGE: { trusted_proxies: ["10.0.0.0/8"] } }));
const PLAIN = classify("GET", "http://edge.test/", null, []);
const from = (clientIp: string, proto: string) =>
	new Request("http://edge.test/", {
		headers: { "x-forwarded-proto": proto },
		cf: { clientIp },
	} as RequestInit);

describe("behindProxy", () => {
	it.each([
		["10.0.0.1:4000", "https", true],
		["10.0.0.1:4000", "https, http", false],
		["10.0.0.1:4000", "http", false],
		["203.0.113.5:4000", "https", false],
	])("a plain request from %s with X-Forwarded-Proto %s counts as encrypted: %s", (peer, proto, secure) => {
		expect(behindProxy(trusting, from(peer, proto), PLAIN).secure).toBe(secure);
	});

	it("believes nobody where no proxy is trusted", () => {
		expect(behindProxy(configOf(variables()), from("10.0.0.1:4000", "https"), PLAIN).secure).toBe(false);
	});
});
