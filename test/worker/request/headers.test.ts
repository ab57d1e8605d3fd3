import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClientHeaders } from "../../../worker/request/headers.ts";

const read = (given: Record<string, string>) => readClientHeaders(new Headers(given));

describe("a client's headers", () => {
	it("are read whatever the case of their names", () => {
		const { forwardable, ...found } = read({
			Host: "Edge.test",
			Origin: "https://page.test",
			UPGRADE: "websocket",
			Cookie: "a=1; b=2",
			"Content-Length": "6",
			"Sec-WebSocket-Version": "13",
		});
		expect(found).toEqual({
			host: "Edge.test",
			origin: "https://page.test",
			upgrade: "websocket",
			cookie: "a=1; b=2",
			contentLength: "6",
			websocketVersion: "13",
		});
		expect(Object.keys(forwardable).sort()).toEqual([
			"content-length",
			"cookie",
			"origin",
			"sec-websocket-version",
			"upgrade",
		]);
	});

	it("are null when missing", () => {
		expect(read({})).toEqual({
			host: null,
			origin: null,
			upgrade: null,
			cookie: null,
			contentLength: null,
			websocketVersion: null,
			forwardable: {},
		});
	});

	it("are forwarded unchanged when they belong to the application", () => {
		const given = {
			cookie: "a=1",
			authorization: "Bearer x",
			"user-agent": "u",
			"sec-websocket-protocol": "chat",
			origin: "https://o",
			"x-app": "x",
			"cache-control": "no-cache",
			constructor: "1",
		};
		expect(read(given).forwardable).toEqual(given);
	});

	it("are forwarded with underscores and dots in their names, unless they read like a dropped one", () => {
		const given = { api_key: "1", "x.app_id": "2", x_forward: "3", "x-app~": "4", __proto: "5" };
		expect(read(given).forwardable).toEqual(given);
	});

	it.each([
		["a=1, b=2", "a=1; b=2"],
		["a=1; c=3, b=2", "a=1; c=3; b=2"],
		["edge_app=d0N, a=1, $Version=1", "edge_app=d0N; a=1; $Version=1"],
		["a=1, __Host-b=2", "a=1; __Host-b=2"],
		['a="1, b=2', 'a="1; b=2'],
		["a=1; b=2", "a=1; b=2"],
		["a=1,b=2", "a=1,b=2"],
		["a=Mon, 01 Jan; b=2", "a=Mon, 01 Jan; b=2"],
		['a="x, y=1"; b=2', 'a="x, y=1"; b=2'],
		['a={"k":1, "l":2}', 'a={"k":1, "l":2}'],
		["a=1, ", "a=1,"],
	])("with the cookies %s are read and forwarded as %s", (cookie, wanted) => {
		const { cookie: own, forwardable } = read({ cookie });
		expect([own, forwardable["cookie"]]).toEqual([wanted, wanted]);
	});

	it("with two Cookie lines are read and forwarded as one line", () => {
		const headers = new Headers([
			["cookie", "a=1; b=2"],
			["cookie", "edge_app=d0N"],
		]);
		expect(readClientHeaders(headers).forwardable["cookie"]).toBe("a=1; b=2; edge_app=d0N");
	});

	it("are joined when they repeat, as RFC 9110 section 5.3 says", () => {
		const headers = new Headers([
			["x-app", "1"],
			["x-app", "2"],
		]);
		expect(readClientHeaders(headers).forwardable["x-app"]).toBe("1, 2");
	});

	it("are dropped when they are hop-by-hop or named by Connection, except for Upgrade", () => {
		const { forwardable } = read({
			connection: "Upgrade, X-Hop",
			upgrade: "websocket",
			"x-hop": "1",
			te: "trailers",
			"keep-alive": "5",
			host: "edge.test",
		});
		expect(forwardable).toEqual({ upgrade: "websocket" });
	});

	it("are never forwarded when they describe the client or the path, whatever their case and number", () => {
		const claim = fc.oneof(
			fc.constantFrom(
				"X-Forwarded-For",
				"x-forwarded-HOST",
				"Forwarded",
				"X-Real-IP",
				"CF-Connecting-IP",
				"cf-ray",
				"X-Edge-Auth",
				"x-edge-client-ip",
				"X-Edge-Node",
				"True-Client-IP",
				"WL-Proxy-Client-IP",
				"Client_IP",
				"X-Original-Forwarded-For",
				"X-Scheme",
				"Front-End-Https",
				"Expect",
				"X-Request-ID",
				"Proxy",
				"X_Forwarded_For",
				"x-forwarded_For",
				"X_Real-IP",
				"X_EDGE_AUTH",
				"x.edge.auth",
				"X~Original!URL",
				"Content_Length",
				"Transfer_Encoding",
				"Sec_WebSocket_Version",
				"CF_Connecting_IP",
				"Proxy_Authorization",
			),
			fc.stringMatching(/^(x[-_.]forwarded[-_]|x[-_]edge[-_]|cf[-_])[a-z]{1,8}$/),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(claim, fc.stringMatching(/^[!-~]{1,20}$/))), (pairs) => {
				const client = new Headers({ "x-app": "1" });
				for (const [name, value] of pairs) client.append(name, value);
				expect(readClientHeaders(client).forwardable).toEqual({ "x-app": "1" });
			}),
		);
	});
});

it("headers are dropped as claims only if proxies describe a client or a path in them", () => {
	const claims = ["forwarded", "x-real-ip", "x-forwarded-for", "x-edge-auth", "cf-ray", "cdn-loop"];
	const others = ["x-app", "cookie", "cf", "content-type", "x-forward", "accept"];
	const given = Object.fromEntries([...claims, ...others].map((name) => [name, "1"]));
	expect(Object.keys(read(given).forwardable).sort()).toEqual(others.toSorted());
});
