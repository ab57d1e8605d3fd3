import { describe, expect, it } from "vitest";
import { denialReason } from "../../../worker/policy/admit.ts";
import type { DenialReason } from "../../../worker/policy/denial.ts";
import type { ClientHeaders } from "../../../worker/request/headers.ts";
import { parsed, poolOf } from "../support/pools.ts";

type Headers = Partial<ClientHeaders>;

const NATIVE: Headers = {};
const SOCKET: Headers = { websocketVersion: "13" };
const POOL = poolOf();
const SID = "&sid=d0N0123456789abcdefg";

type Case = [what: string, method: string, path: string, headers: Headers, upgrade: string | null];

describe("policy admits", () => {
	it.each<Case>([
		["a polling handshake", "GET", "/socket.io/?EIO=4&transport=polling&t=x", NATIVE, null],
		["a poll", "GET", `/socket.io/?EIO=4&transport=polling${SID}`, NATIVE, null],
		[
			"a POST",
			"POST",
			`/socket.io/?EIO=4&transport=polling${SID}`,
			{ ...NATIVE, contentLength: "100" },
			null,
		],
		["a WebSocket", "GET", "/socket.io/?EIO=4&transport=websocket", SOCKET, "websocket"],
		[
			"an upgrade, whatever the case of its header",
			"GET",
			`/socket.io/?EIO=4&transport=websocket${SID}`,
			SOCKET,
			"WebSocket",
		],
		["a flashsocket", "GET", "/socket.io/?EIO=4&transport=flashsocket", SOCKET, "websocket"],
		[
			"a preflight, even an invalid one",
			"OPTIONS",
			"/socket.io/?EIO=9&sid=a&sid=b",
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		[
			"a page of the same host",
			"GET",
			"/socket.io/?EIO=4&transport=polling",
			{ ...NATIVE, origin: "https://edge.test" },
			null,
		],
		[
			"a WebSocket with an index for JSONP, which only polling uses",
			"GET",
			"/socket.io/?EIO=4&transport=websocket&j=0",
			SOCKET,
			"websocket",
		],
		["percent-encoded names", "GET", "/socket.io/?%45IO=4&tr%61nsport=polling", NATIVE, null],
	])("%s", (_what, method, path, headers, upgrade) => {
		expect(denialReason(parsed(method, path, upgrade, headers), POOL)).toBeNull();
	});
});

describe("policy denies", () => {
	it.each<[DenialReason, ...Case]>([
		["duplicate", "two sids", "GET", "/socket.io/?EIO=4&transport=polling&sid=a&sid=b", NATIVE, null],
		[
			"duplicate",
			"two sids, one encoded",
			"GET",
			"/socket.io/?EIO=4&transport=polling&sid=a&%73id=b",
			NATIVE,
			null,
		],
		[
			"duplicate",
			"two transports",
			"GET",
			"/socket.io/?EIO=4&transport=polling&transport=polling",
			NATIVE,
			null,
		],
		["duplicate", "two EIO", "GET", "/socket.io/?EIO=4&EIO=3&transport=polling", NATIVE, null],
		["method", "a handshake by POST", "POST", "/socket.io/?EIO=4&transport=polling", NATIVE, null],
		[
			"method",
			"a WebSocket by OPTIONS",
			"OPTIONS",
			"/socket.io/?EIO=4&transport=websocket",
			SOCKET,
			"websocket",
		],
		[
			"method",
			"a WebSocket by POST",
			"POST",
			`/socket.io/?EIO=4&transport=websocket${SID}`,
			SOCKET,
			"websocket",
		],
		["method", "a WebSocket by HEAD", "HEAD", "/socket.io/?EIO=4&transport=websocket", SOCKET, "websocket"],
		[
			"method",
			"a WebSocket by OPTIONS at another spelling",
			"OPTIONS",
			"/%73ocket.io?EIO=4&transport=websocket",
			SOCKET,
			"websocket",
		],
		["jsonp", "JSONP", "GET", "/socket.io/?EIO=4&transport=polling&j=0", NATIVE, null],
		[
			"jsonp",
			"JSONP with an empty index",
			"GET",
			`/socket.io/?EIO=4&transport=polling&%6a${SID}`,
			NATIVE,
			null,
		],
		["jsonp", "a JSONP post", "POST", `/socket.io/?EIO=4&transport=polling&j=3${SID}`, NATIVE, null],
		[
			"origin",
			"a page at a path without its trailing slash",
			"GET",
			"/socket.io?EIO=4&transport=polling",
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		[
			"origin",
			"a page at an encoded path",
			"GET",
			"/%73ocket.io/?EIO=4&transport=polling",
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		["method", "PUT", "PUT", `/socket.io/?EIO=4&transport=polling${SID}`, NATIVE, null],
		["method", "HEAD", "HEAD", "/socket.io/?EIO=4&transport=polling", NATIVE, null],
		[
			"eio",
			"protocol 3 where the pool does not allow it",
			"GET",
			"/socket.io/?EIO=3&transport=polling",
			NATIVE,
			null,
		],
		["eio", "protocol 5", "GET", "/socket.io/?EIO=5&transport=polling", NATIVE, null],
		["eio", "a missing EIO, which a node reads as 3", "GET", "/socket.io/?transport=polling", NATIVE, null],
		["eio", "an EIO of 4 and a null byte", "GET", "/socket.io/?EIO=4%00&transport=polling", NATIVE, null],
		["transport", "a missing transport", "GET", "/socket.io/?EIO=4", NATIVE, null],
		["transport", "the transport __proto__", "GET", "/socket.io/?EIO=4&transport=__proto__", NATIVE, null],
		["transport", "webtransport", "GET", "/socket.io/?EIO=4&transport=webtransport", NATIVE, null],
		[
			"no_upgrade",
			"a WebSocket whose Upgrade header was removed",
			"GET",
			"/socket.io/?EIO=4&transport=websocket",
			NATIVE,
			null,
		],
		[
			"unwanted_upgrade",
			"an upgrade with transport=polling",
			"GET",
			"/socket.io/?EIO=4&transport=polling",
			SOCKET,
			"websocket",
		],
		[
			"websocket_version",
			"WebSocket version 8",
			"GET",
			"/socket.io/?EIO=4&transport=websocket",
			{ ...NATIVE, websocketVersion: "8" },
			"websocket",
		],
		[
			"websocket_version",
			"hixie-76, which has no version",
			"GET",
			"/socket.io/?EIO=4&transport=flashsocket",
			NATIVE,
			"WebSocket",
		],
		[
			"origin",
			"polling from a page of another site",
			"GET",
			"/socket.io/?EIO=4&transport=polling",
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		[
			"origin",
			"a WebSocket from a page of another site",
			"GET",
			"/socket.io/?EIO=4&transport=websocket",
			{ ...SOCKET, origin: "https://evil.test" },
			"websocket",
		],
		[
			"origin",
			"a poll of a session from a page of another site",
			"GET",
			`/socket.io/?EIO=4&transport=polling${SID}`,
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		[
			"body",
			"a body above the limit",
			"POST",
			`/socket.io/?EIO=4&transport=polling${SID}`,
			{ ...NATIVE, contentLength: "1000001" },
			null,
		],
	])("as %s: %s", (reason, _what, method, path, headers, upgrade) => {
		expect(denialReason(parsed(method, path, upgrade, headers), POOL)).toBe(reason);
	});

	it("protocol 2, but not protocol 3, where the pool allows EIO 3", () => {
		const pool = poolOf({ allow_eio3: true });
		const reasonOf = (query: string) => denialReason(parsed("GET", `/socket.io/?${query}`), pool);
		expect(reasonOf("EIO=3&transport=polling")).toBeNull();
		expect(reasonOf("transport=polling")).toBeNull();
		expect(reasonOf("EIO=4&transport=polling")).toBeNull();
		expect(reasonOf("EIO=2&transport=polling")).toBe("eio");
	});

	it("no JSONP where the pool allows it", () => {
		const pool = poolOf({ allow_jsonp: true });
		expect(denialReason(parsed("GET", "/socket.io/?EIO=4&transport=polling&j=0"), pool)).toBeNull();
	});

	it("no request outside Engine.IO, such as one for a client bundle below its path", () => {
		for (const path of ["/socket.io/socket.io.js", "/socket.io/socket.io.min.js.map?v=1", "/a?sid=1&sid=2"])
			expect(denialReason(parsed("GET", path), POOL)).toBeNull();
	});
});
