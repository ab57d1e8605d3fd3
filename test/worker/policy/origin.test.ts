import { describe, expect, it } from "vitest";
import { isOriginAllowed } from "../../../worker/policy/admit.ts";
import { parsedUrl } from "../support/pools.ts";

const from = (origin: string | null, base: string) =>
	parsedUrl(`${base}/socket.io/?EIO=4&transport=polling`, { origin });

describe("whether a page with an Origin header may connect", () => {
	it.each<[boolean, string, string | null, string, readonly string[]]>([
		[true, "a native client, which sends none", null, "https://chat.test", []],
		[true, "the same host", "https://chat.test", "https://chat.test", []],
		[true, "the same host and port", "https://chat.test:8443", "https://chat.test:8443", []],
		[false, "the same host on another port", "https://chat.test:9000", "https://chat.test:8443", []],
		[false, "a host that begins like it", "https://chat.test.evil.test", "https://chat.test", []],
		[false, "a host that ends like it", "https://evilchat.test", "https://chat.test", []],
		[false, "a subdomain", "https://a.chat.test", "https://chat.test", []],
		[false, "a plain http page and an https edge", "http://chat.test", "https://chat.test", []],
		[true, "a plain http page and a plain http edge", "http://127.0.0.1:8080", "http://127.0.0.1:8080", []],
		[
			true,
			"an https page and a plain http edge, as behind another proxy",
			"https://chat.test",
			"http://chat.test",
			[],
		],
		[false, "a sandboxed page", "null", "https://chat.test", []],
		[true, "a sandboxed page that is listed", "null", "https://chat.test", ["null"]],
		[true, "a listed site", "https://app.test", "https://chat.test", ["https://app.test"]],
		[false, "a listed site over plain http", "http://app.test", "https://chat.test", ["https://app.test"]],
		[true, "any page when * is listed", "https://evil.test", "https://chat.test", ["*"]],
	])("is %s for %s", (allowed, _what, origin, base, listed) => {
		expect(isOriginAllowed(from(origin, base), listed)).toBe(allowed);
	});
});
