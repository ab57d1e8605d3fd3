import { describe, expect, it } from "vitest";
import { classify } from "../../../worker/request/classify.ts";
import { judgePlain } from "../../../worker/request/redirect.ts";

const ask = (url: string, upgrade: string | null = null) => classify("GET", url, upgrade, ["/socket.io/"]);

describe("judgePlain", () => {
	it.each([
		["https://e.test/a", null, "always", { kind: "serve" }],
		["http://e.test/a?b=c", null, "always", { kind: "redirect", to: "https://e.test:8443/a?b=c" }],
		["http://e.test:8080/", null, "always", { kind: "redirect", to: "https://e.test:8443/" }],
		["http://[::1]:8080/", null, "always", { kind: "redirect", to: "https://[::1]:8443/" }],
		["http://e.test/ws", "websocket", "always", { kind: "refuse" }],
		["http://localhost:8787/", null, "always", { kind: "redirect", to: "https://localhost:8443/" }],
		["http://localhost:8787/", null, "except-loopback", { kind: "serve" }],
		["http://127.0.0.1:8787/ws", "websocket", "except-loopback", { kind: "serve" }],
		["http://[::1]/", null, "except-loopback", { kind: "serve" }],
		[
			"http://127.evil.test/",
			null,
			"except-loopback",
			{ kind: "redirect", to: "https://127.evil.test:8443/" },
		],
		["http://e.test/", null, "except-loopback", { kind: "redirect", to: "https://e.test:8443/" }],
		["http://e.test/ws", "websocket", "never", { kind: "serve" }],
	] as const)("answers %s (Upgrade %s) under %s as written", (url, upgrade, rule, verdict) => {
		expect(judgePlain(ask(url, upgrade), rule, ":8443")).toEqual(verdict);
	});
});
