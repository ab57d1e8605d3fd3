import { describe, expect, it } from "vitest";
import { route } from "../../../worker/policy/admit.ts";
import { configOf, parsedUrl, variables } from "../support/pools.ts";

const config = configOf(
	variables(
		{},
		{
			POOL_CHAT: {
				socket_path: "/chat/socket.io/",
				nodes: [{ id: "c1", url: "http://127.0.0.1:4001" }],
			},
			POOL_SHOP: { nodes: [{ id: "s1", url: "http://127.0.0.1:5001" }] },
			ROUTES: [
				{ path: "/", pool: "app" },
				{ path: "/chat/", pool: "chat" },
				{ host: "shop.test", path: "/", pool: "shop" },
			],
		},
	),
);
const poolFor = (url: string) => route(config.routes, parsedUrl(url, {}, config.socketPaths))?.name;

describe("route", () => {
	it.each([
		["https://a.test/", "app"],
		["https://a.test/socket.io/?EIO=4&transport=polling", "app"],
		["https://a.test/chat/", "chat"],
		["https://a.test/chat/socket.io/?EIO=4&transport=polling", "chat"],
		["https://a.test/chat/socket.io/socket.io.js", "chat"],
		["https://shop.test/", "shop"],
		["https://shop.test:8443/x", "shop"],
		["https://shop.test/socket.io/?EIO=4&transport=websocket&sid=x", "shop"],
		["https://shop.test/chat/socket.io/?EIO=4&transport=polling", "chat"],
		["https://SHOP.test./x", "shop"],
		["https://shop.test:443/", "shop"],
		["https://shop.test.evil.test/", "app"],
		["https://a.test/socket.io?EIO=4&transport=polling", "app"],
		["https://a.test/%63hat/x", "chat"],
		["https://a.test/%63hat/socket.io/?EIO=4&transport=polling", "chat"],
		["https://a.test/chat/socket.io?EIO=4&transport=polling", "chat"],
	])("sends %s to pool %s", (url, pool) => {
		expect(poolFor(url)).toBe(pool);
	});

	it.each([
		["shop.test:443", "https://shop.test/", true],
		["shop.test:443", "https://shop.test:443/", true],
		["shop.test:443", "http://shop.test/", false],
		["shop.test:8443", "https://Shop.test:8443/", true],
		["shop.test:8443", "https://shop.test/", false],
		["Shop.Test.", "https://shop.test:9999/", true],
		["[2001:DB8::1]", "https://[2001:db8::1]/", true],
		["[2001:db8::1]:8443", "https://[2001:DB8::1]:8443/", true],
	])("compares the host %s of a route with %s: %s", (host, url, matches) => {
		const only = configOf(variables({}, { ROUTES: [{ host, pool: "app" }] }));
		const raw = parsedUrl(url, { host: /\/\/([^/]*)\//.exec(url)![1]! }, only.socketPaths);
		expect(route(only.routes, raw)?.name ?? null).toBe(matches ? "app" : null);
	});

	it("returns null for a host that no route names", () => {
		const only = configOf(variables({}, { ROUTES: [{ host: "a.test", pool: "app" }] }));
		expect(route(only.routes, parsedUrl("https://b.test/", {}, only.socketPaths))).toBeNull();
	});

	it("separates two pools with the same Engine.IO path by their routes", () => {
		const api = { nodes: [{ id: "a1", url: "http://127.0.0.1:6001" }] };
		const both = configOf(
			variables(
				{},
				{
					POOL_API: api,
					ROUTES: [
						{ path: "/", pool: "app" },
						{ path: "/api/", pool: "api" },
					],
				},
			),
		);
		const at = (url: string) => route(both.routes, parsedUrl(url, {}, both.socketPaths))?.name;
		expect(at("https://a.test/socket.io/?EIO=4&transport=polling")).toBe("app");
		expect(at("https://a.test/socket.io/socket.io.js")).toBe("app");
		expect(at("https://a.test/api/x")).toBe("api");
	});
});
