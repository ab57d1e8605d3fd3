import { describe, expect, it } from "vitest";
import { decidePlainHttp, withHsts } from "../../../worker/policy/redirect.ts";
import { parsedUrl } from "../support/pools.ts";

describe("the decision for a request", () => {
	it.each([
		["https://e.test/a", null, "always", { kind: "serve" }],
		["http://e.test/a?b=c", null, "always", { kind: "redirect", location: "https://e.test:8443/a?b=c" }],
		["http://e.test:8080/", null, "always", { kind: "redirect", location: "https://e.test:8443/" }],
		["http://[::1]:8080/", null, "always", { kind: "redirect", location: "https://[::1]:8443/" }],
		["http://e.test/ws", "websocket", "always", { kind: "refuse" }],
		["http://localhost:8787/", null, "always", { kind: "redirect", location: "https://localhost:8443/" }],
		["http://localhost:8787/", null, "except-loopback", { kind: "serve" }],
		["http://127.0.0.1:8787/ws", "websocket", "except-loopback", { kind: "serve" }],
		["http://[::1]/", null, "except-loopback", { kind: "serve" }],
		[
			"http://127.evil.test/",
			null,
			"except-loopback",
			{ kind: "redirect", location: "https://127.evil.test:8443/" },
		],
		["http://e.test/", null, "except-loopback", { kind: "redirect", location: "https://e.test:8443/" }],
		["http://e.test/ws", "websocket", "never", { kind: "serve" }],
	] as const)("to %s (Upgrade %s) with redirect = %s is %j", (url, upgrade, rule, decision) => {
		expect(decidePlainHttp(parsedUrl(url, { upgrade }), rule, ":8443")).toEqual(decision);
	});
});

describe("Strict-Transport-Security", () => {
	it("is added to an answer over https, for the configured time", () => {
		const response = withHsts(new Response("page"), parsedUrl("https://e.test/"), 300);
		expect(response.headers.get("strict-transport-security")).toBe("max-age=300");
	});

	it.each([
		["over plain http", "http://e.test/", 300],
		["on loopback", "https://localhost:8443/", 300],
		["with hsts = 0", "https://e.test/", 0],
	])("is not added %s", (_what, url, seconds) => {
		const response = new Response("page");
		expect(withHsts(response, parsedUrl(url), seconds)).toBe(response);
	});

	it("is not added to a 101, whose copy would lose its WebSocket", () => {
		const [client, server] = Object.values(new WebSocketPair());
		server!.accept();
		const response = new Response(null, { status: 101, webSocket: client! });
		expect(withHsts(response, parsedUrl("https://e.test/"), 300)).toBe(response);
	});
});
