import { describe, expect, it } from "vitest";
import type { DenialReason } from "../../../worker/request/denial.ts";
import { deny, guard, judge } from "../../../worker/request/guard.ts";
import { asked, poolOf } from "../support/pools.ts";

type Carried = Parameters<typeof judge>[1];

const NATIVE: Carried = { origin: null, websocketVersion: null, contentLength: null };
const SOCKET: Carried = { ...NATIVE, websocketVersion: "13" };
const POOL = poolOf();
const SID = "&sid=d0N0123456789abcdefg";

type Case = [what: string, method: string, path: string, carried: Carried, upgrade: string | null];

describe("the guard lets pass", () => {
	it.each<Case>([
		["a polling handshake", "GET", "/socket.io/?EIO=4&transport=polling&t=x", NATIVE, null],
		["a poll", "GET", `/socket.io/?EIO=4&transport=polling${SID}`, NATIVE, null],
		[
			"a post",
			"POST",
			`/socket.io/?EIO=4&transport=polling${SID}`,
			{ ...NATIVE, contentLength: "100" },
			null,
		],
		["a WebSocket", "GET", "/socket.io/?EIO=4&transport=websocket", SOCKET, "websocket"],
		[
			"an upgrade, however it is spelled",
			"GET",
			`/socket.io/?EIO=4&transport=websocket${SID}`,
			SOCKET,
			"WebSocket",
		],
		["a flashsocket", "GET", "/socket.io/?EIO=4&transport=flashsocket", SOCKET, "websocket"],
		[
			"a preflight, whatever is wrong with it",
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
		["names that are percent-encoded", "GET", "/socket.io/?%45IO=4&tr%61nsport=polling", NATIVE, null],
	])("%s", (_what, method, path, carried, upgrade) => {
		expect(judge(asked(method, path, upgrade), carried, POOL)).toBeNull();
	});
});

describe("the guard refuses", () => {
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
		["eio", "no EIO at all, which a node takes for 3", "GET", "/socket.io/?transport=polling", NATIVE, null],
		["eio", "an EIO that only looks like 4", "GET", "/socket.io/?EIO=4%00&transport=polling", NATIVE, null],
		["transport", "no transport", "GET", "/socket.io/?EIO=4", NATIVE, null],
		["transport", "an inherited name", "GET", "/socket.io/?EIO=4&transport=__proto__", NATIVE, null],
		["transport", "webtransport", "GET", "/socket.io/?EIO=4&transport=webtransport", NATIVE, null],
		[
			"no_upgrade",
			"a WebSocket whose Upgrade was taken away",
			"GET",
			"/socket.io/?EIO=4&transport=websocket",
			NATIVE,
			null,
		],
		[
			"unwanted_upgrade",
			"an upgrade of polling",
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
			"a page of another site, polling",
			"GET",
			"/socket.io/?EIO=4&transport=polling",
			{ ...NATIVE, origin: "https://evil.test" },
			null,
		],
		[
			"origin",
			"a page of another site, WebSocket",
			"GET",
			"/socket.io/?EIO=4&transport=websocket",
			{ ...SOCKET, origin: "https://evil.test" },
			"websocket",
		],
		[
			"origin",
			"a page of another site with a sid",
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
	])("as %s: %s", (reason, _what, method, path, carried, upgrade) => {
		expect(judge(asked(method, path, upgrade), carried, POOL)).toBe(reason);
	});

	it("nothing of protocol 3 where the pool allows it, and still nothing else", () => {
		const pool = poolOf({ allow_eio3: true });
		const reasonOf = (query: string) => judge(asked("GET", `/socket.io/?${query}`), NATIVE, pool);
		expect(reasonOf("EIO=3&transport=polling")).toBeNull();
		expect(reasonOf("transport=polling")).toBeNull();
		expect(reasonOf("EIO=4&transport=polling")).toBeNull();
		expect(reasonOf("EIO=2&transport=polling")).toBe("eio");
	});

	it("nothing outside Engine.IO: client bundles below its path are any GET", () => {
		for (const path of ["/socket.io/socket.io.js", "/socket.io/socket.io.min.js.map?v=1", "/a?sid=1&sid=2"])
			expect(guard(asked("GET", path), NATIVE, POOL)).toBeNull();
	});
});

describe("an answer of the guard", () => {
	it.each<[Parameters<typeof deny>[0], number, number]>([
		["duplicate", 400, 3],
		["method", 400, 2],
		["eio", 400, 5],
		["transport", 400, 0],
		["no_upgrade", 400, 3],
		["unwanted_upgrade", 400, 3],
		["websocket_version", 426, 3],
		["origin", 403, 4],
		["body", 413, 3],
	])("to %s is status %i and code %i, in Engine.IO's shape, with CORS", async (reason, status, code) => {
		const denial = deny(
			reason,
			asked("POST", "/socket.io/?EIO=4&transport=polling"),
			"https://page.test",
			POOL,
		);
		expect(denial.response.status).toBe(status);
		expect(denial.response.headers.get("access-control-allow-origin")).toBe("https://page.test");
		expect(denial.response.headers.get("access-control-allow-credentials")).toBe("true");
		expect(denial.response.headers.get("vary")).toBe("origin");
		const body = (await denial.response.json()) as { code: number; message: string };
		expect(body.code).toBe(code);
		expect(body.message).toMatch(/^[A-Z][a-z ]+ID? ?[a-z ]*: .{10}|^[A-Z][a-z ]+: .{10}/);
	});

	it("says which WebSocket version is spoken, and names the proxy that took the Upgrade header", async () => {
		const request = asked("GET", "/socket.io/?EIO=4&transport=websocket");
		expect(deny("websocket_version", request, null, POOL).response.headers.get("sec-websocket-version")).toBe(
			"13",
		);
		expect(await deny("no_upgrade", request, null, POOL).response.text()).toContain("a proxy between");
	});
});
