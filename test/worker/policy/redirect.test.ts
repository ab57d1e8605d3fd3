import { describe, expect, it } from "vitest";
import { decidePlainHttp } from "../../../worker/policy/redirect.ts";
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
