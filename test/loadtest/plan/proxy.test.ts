import { expect, test } from "vitest";
import { refuseProxy } from "../../../loadtest/plan/proxy.ts";
import { UsageError } from "../../../worker/command-line/command.ts";

const proxy = { HTTPS_PROXY: "http://proxy:3128", http_proxy: "http://proxy:3128" };

test.each([
	["https://chat.example.com", {}, "HTTPS_PROXY is set, and NO_PROXY does not cover chat.example.com"],
	["http://chat.example.com", {}, "http_proxy is set"],
	["https://chat.example.com", { NO_PROXY: "example.org" }, "HTTPS_PROXY is set"],
	["https://chat.example.com:8443", { NO_PROXY: "chat.example.com:443" }, "HTTPS_PROXY is set"],
])("%s is refused with NO_PROXY %j", (url, env, message) => {
	const check = () => refuseProxy([{ name: "target", urls: [url] }], { ...proxy, ...env });
	expect(check).toThrow(message);
	expect(check).toThrow(UsageError);
	expect(check).toThrow("to NO_PROXY");
});

test.each([
	["https://chat.example.com", { NO_PROXY: "*" }],
	["https://chat.example.com", { NO_PROXY: "localhost, .example.com" }],
	["https://chat.example.com", { no_proxy: "example.com" }],
	["https://chat.example.com:8443", { NO_PROXY: "chat.example.com:8443" }],
	["http://[2001:db8::1]:80", { NO_PROXY: "2001:db8::1" }],
	["https://localhost:8443", {}],
	["http://127.0.0.7", {}],
])("%s is allowed with NO_PROXY %j", (url, env) => {
	expect(() => refuseProxy([{ name: "target", urls: [url] }], { ...proxy, ...env })).not.toThrow();
});

test("without a proxy for its scheme a target is allowed", () => {
	expect(() =>
		refuseProxy([{ name: "target", urls: ["https://chat.example.com"] }], { HTTP_PROXY: "http://proxy" }),
	).not.toThrow();
});
