import { describe, expect, it } from "vitest";
import { hostText, parseHost } from "../../../worker/config/hosts.ts";

describe("a host", () => {
	it.each([
		["chat.test", "chat.test", null],
		["Chat.TEST", "chat.test", null],
		["chat.test.", "chat.test", null],
		["chat.test.:8443", "chat.test", 8443],
		["chat.test:", "chat.test", null],
		["chat.test:0443", "chat.test", 443],
		["chat_1.test", "chat_1.test", null],
		["xn--mnchen-3ya.test", "xn--mnchen-3ya.test", null],
		["localhost:65535", "localhost", 65_535],
		["127.0.0.1:1", "127.0.0.1", 1],
		["[::1]", "[::1]", null],
		["[2001:DB8::1]:8443", "[2001:db8::1]", 8443],
		["[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]", null],
	])("%s is %s at port %s", (text, name, port) => {
		expect(parseHost(text)).toEqual({ name, port });
	});

	it.each([
		...["", ".", "..", "a..b", ".a", "a:99999", "a:65536", "a:-1", "a:1e1", "a:abc", "a:80:80", ":80"],
		...[
			"x/__edge",
			"x/",
			"a?b",
			"a#b",
			"a\\b",
			"a,b",
			"a, b",
			"a b",
			"a\tb",
			"u@h",
			"u:p@h",
			"*",
			"a%2fb",
			"%61",
		],
		...[
			"[::1",
			"::1",
			"[::zz]",
			"[]",
			"[1.2.3.4]",
			"[::1]x",
			"[::1]:x",
			"[fe80::1%25eth0]",
			"[v1.x]",
			"a'b",
			"a;b",
		],
		`${"a".repeat(260)}.test`,
	])("is not %j", (text) => {
		expect(parseHost(text)).toBeNull();
	});

	it("as text has no default port of its scheme", () => {
		const host = { name: "chat.test", port: 443 };
		expect(hostText(host, "https")).toBe("chat.test");
		expect(hostText(host, "http")).toBe("chat.test:443");
		expect(hostText({ ...host, port: null }, "capacitor")).toBe("chat.test");
	});
});
