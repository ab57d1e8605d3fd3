import { describe, expect, it } from "vitest";
import { isOriginAllowed, originFix, shown } from "../../../worker/policy/origin.ts";
import { parsedUrl, poolOf } from "../support/pools.ts";

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
		[true, "even text that is no origin when * is listed", "???", "https://chat.test", ["*"]],
		[true, "a native client that writes wss", "wss://chat.test", "https://chat.test", []],
		[true, "and with the default port", "wss://chat.test:443", "https://chat.test", []],
		[true, "a host with the default port", "https://chat.test", "https://chat.test:443", []],
		[true, "a host in upper case", "https://chat.test", "https://Chat.TEST", []],
		[true, "an origin in upper case", "HTTPS://CHAT.test", "https://chat.test", []],
		[true, "a host with a trailing dot", "https://chat.test", "https://chat.test.", []],
		[true, "an origin with a trailing dot", "https://chat.test.:8443", "https://chat.test:8443", []],
		[true, "an IPv6 address", "https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443", []],
		[false, "ws and an https edge, which is plain http", "ws://chat.test", "https://chat.test", []],
		[true, "ws and a plain http edge", "ws://chat.test:80", "http://chat.test", []],
		[false, "the default port of the other scheme", "https://chat.test:80", "https://chat.test", []],
		[false, "no port and a host with another port", "https://chat.test", "https://chat.test:8443", []],
		[false, "user information before the host", "https://chat.test@evil.test", "https://chat.test", []],
		[false, "the host as user information", "https://evil.test@chat.test", "https://chat.test", []],
		[false, "a path", "https://chat.test/", "https://chat.test", []],
		[false, "a list of origins", "https://chat.test https://evil.test", "https://chat.test", []],
		[false, "two Origin headers", "https://chat.test, https://evil.test", "https://chat.test", []],
		[false, "text that is no origin", "???", "https://chat.test", ["https://app.test"]],
		[false, "an empty origin", "", "https://chat.test", ["https://app.test"]],
		[true, "a listed site in upper case", "https://APP.test:443", "https://chat.test", ["https://app.test"]],
		[
			true,
			"a site that is listed in upper case",
			"https://app.test",
			"https://chat.test",
			["HTTPS://App.test:443"],
		],
		[true, "a native client of a listed site", "wss://app.test", "https://chat.test", ["https://app.test"]],
		[true, "a site that is listed as wss", "https://app.test", "https://chat.test", ["wss://app.test"]],
		[true, "a listed app", "capacitor://localhost", "https://chat.test", ["capacitor://localhost"]],
		[
			true,
			"another listed app",
			"ionic://localhost",
			"https://chat.test",
			["tauri://localhost", "ionic://localhost"],
		],
		[false, "an app of another scheme", "ionic://localhost", "https://chat.test", ["capacitor://localhost"]],
		[
			false,
			"a web page that is named like an app",
			"https://localhost",
			"https://chat.test",
			["capacitor://localhost"],
		],
		[
			true,
			"a listed extension",
			"chrome-extension://kbfnbcaeplbcioakkpcpgfkobkghlhen",
			"https://chat.test",
			["chrome-extension://kbfnbcaeplbcioakkpcpgfkobkghlhen"],
		],
		[true, "pages of files where they have an origin", "file://", "https://chat.test", ["file://"]],
		[true, "one label for *.", "https://a.app.test", "https://chat.test", ["https://*.app.test"]],
		[
			true,
			"one label for *. with a port",
			"wss://A.app.test:8443",
			"https://chat.test",
			["https://*.app.test:8443"],
		],
		[false, "no label for *.", "https://app.test", "https://chat.test", ["https://*.app.test"]],
		[false, "two labels for *.", "https://b.a.app.test", "https://chat.test", ["https://*.app.test"]],
		[false, "an empty label for *.", "https://.app.test", "https://chat.test", ["https://*.app.test"]],
		[false, "a host that ends like it", "https://xapp.test", "https://chat.test", ["https://*.app.test"]],
		[false, "another port", "https://a.app.test:8443", "https://chat.test", ["https://*.app.test"]],
		[false, "another scheme", "http://a.app.test", "https://chat.test", ["https://*.app.test"]],
		[
			false,
			"a path before the suffix",
			"https://evil.test/.app.test",
			"https://chat.test",
			["https://*.app.test"],
		],
		[
			false,
			"a port before the suffix",
			"https://evil:1.app.test",
			"https://chat.test",
			["https://*.app.test"],
		],
		[
			true,
			"a name outside ASCII, as browsers write it",
			"https://xn--mnchen-3ya.test",
			"https://chat.test",
			["https://münchen.test"],
		],
	])("is %s for %s", (allowed, _what, origin, base, listed) => {
		expect(isOriginAllowed(from(origin, base), poolOf({ origins: listed }).origins)).toBe(allowed);
	});
});

describe("what to do about a denied origin", () => {
	it.each([
		["https://app.test", 'to admit it, set in the pool: origins = ["https://app.test"]'],
		["capacitor://localhost", 'to admit it, set in the pool: origins = ["capacitor://localhost"]'],
		["null", 'can admit all of them with origins = ["null"]'],
	])("from %s names the line to add", (origin, line) => {
		expect(originFix(origin)).toContain(line);
	});

	it.each([
		"https://a.test, https://b.test",
		"*",
		"https://*.test",
		'x"]',
		`https://${"a".repeat(200)}.test`,
		"https://ä.test",
	])("from %s names no line, since none would admit it", (origin) => {
		expect(originFix(origin)).not.toContain("origins = [");
		expect(originFix(origin).length).toBeLessThan(160);
	});

	it("shows at most 100 characters of what the client sent, all of them printable ASCII or the ellipsis", () => {
		expect(shown("a\u0000b\u00e4\u001b[31m")).toBe("a?b??[31m");
		expect(shown("x".repeat(500))).toBe(`${"x".repeat(99)}…`);
		expect(shown("x".repeat(100))).toBe("x".repeat(100));
	});
});
