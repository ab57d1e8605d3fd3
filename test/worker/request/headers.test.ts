import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClientHeaders } from "../../../worker/request/headers.ts";

const read = (given: Record<string, string>) => readClientHeaders(new Headers(given));

describe("a client's headers", () => {
	it("are read whatever the case of their names", () => {
		const { forwardable, ...found } = read({
			Origin: "https://page.test",
			UPGRADE: "websocket",
			Cookie: "a=1; b=2",
			"Content-Length": "6",
			"Sec-WebSocket-Version": "13",
		});
		expect(found).toEqual({
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
			),
			fc.stringMatching(/^(x-forwarded-|x-edge-|cf-)[a-z]{1,8}$/),
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
