import { describe, expect, it } from "vitest";
import { refuse } from "../../../worker/policy/refusal.ts";
import { parsed, parsedUrl } from "../support/pools.ts";

describe("a request is refused before it is routed", () => {
	it.each([
		["TRACE", "/", null],
		["TRACK", "/", null],
		["CONNECT", "/", null],
		["PURGE", "/page", null],
		["get", "/page", null],
		["FOO", "/socket.io/?EIO=4&transport=polling", null],
		["TRACE", "/socket.io/?EIO=4&transport=websocket", "websocket"],
	])("with 405 for %s %s (Upgrade %s)", async (method, path, upgrade) => {
		const refused = refuse(parsed(method, path, upgrade))!;
		expect([refused.reason, refused.code, refused.response.status]).toEqual(["method", null, 405]);
		expect(refused.response.headers.get("allow")).toMatch(/^GET, POST, OPTIONS, HEAD, PUT, PATCH, DELETE, /);
		expect(await refused.response.json()).toMatchObject({ code: "EDGE_METHOD" });
	});

	it.each(["POST", "OPTIONS", "HEAD", "PUT"])(
		"with 405 for a WebSocket by %s outside Engine.IO",
		(method) => {
			const { response } = refuse(parsed(method, "/ws", "WebSocket"))!;
			expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
		},
	);

	it.each(["a:99999", "x/__edge", "a, b", "u@h", ""])("with 400 for the Host header %j", async (host) => {
		const refused = refuse(parsedUrl(`https://${host}/__edge/stats`, { host, origin: "https://page.test" }))!;
		expect([refused.reason, refused.detail, refused.response.status]).toEqual(["host", host, 400]);
		expect(refused.response.headers.get("access-control-allow-origin")).toBe("https://page.test");
		expect(await refused.response.json()).toMatchObject({ code: "EDGE_HOST" });
	});

	it.each([
		["GET", "/ws", "websocket"],
		["GET", "/socket.io/?EIO=4&transport=websocket", "websocket"],
		["HEAD", "/page", null],
		["DELETE", "/page", "h2c"],
		["PROPFIND", "/dav/", null],
		["QUERY", "/search", null],
		["OPTIONS", "/socket.io/?EIO=4&transport=websocket", "websocket"],
	])("but not for %s %s (Upgrade %s), which policy may still deny", (method, path, upgrade) => {
		expect(refuse(parsed(method, path, upgrade))).toBeNull();
	});
});
