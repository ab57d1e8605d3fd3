import { describe, expect, it } from "vitest";
import { parsedUrl } from "../support/pools.ts";

const PATHS = ["/chat/socket.io/", "/socket.io/"];
const read = (url: string, upgrade: string | null = null, method = "GET") =>
	parsedUrl(url, { method, upgrade }, PATHS);

describe("parseRequest", () => {
	it.each([
		["https://e/", null, "http", null],
		["https://e/socket.io", null, "http", null],
		["https://e/socket.io/socket.io.js", null, "http", null],
		["https://e/socket.io/socket.io.js?v=4", null, "http", null],
		["https://e/socket.io/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=polling&sid=abc", null, "polling", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=websocket", "websocket", "websocket", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=websocket", "WebSocket", "websocket", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=websocket", null, "websocket", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=polling", "websocket", "websocket", "/socket.io/"],
		["https://e/socket.io/?EIO=4&transport=flashsocket", "websocket", "flashsocket", "/socket.io/"],
		["https://e/socket.io/foo/bar?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/chat/socket.io/?EIO=4&transport=polling", null, "polling", "/chat/socket.io/"],
		["https://e/socket.io/?%45IO=4&%74ransport=polling", null, "polling", "/socket.io/"],
		["https://e/other/?EIO=4&transport=websocket", "websocket", "http", null],
		["https://e/ws", "websocket", "http", null],
	] as const)("reads %s with Upgrade %s as the traffic %s", (url, upgrade, traffic, engine) => {
		expect(read(url, upgrade)).toMatchObject({ traffic, engine });
	});

	it("keeps host, port, path and query as the client wrote them", () => {
		expect(read("http://edge.test:8080/a%2Fb/?x=1&x=2")).toMatchObject({
			secure: false,
			host: "edge.test:8080",
			path: "/a%2Fb/",
			search: "?x=1&x=2",
		});
	});

	it("reads an empty sid as a handshake, as Engine.IO does", () => {
		expect(read("https://e/socket.io/?EIO=4&transport=polling&sid=").sid).toBeNull();
	});

	it("reads a sid whose name is percent-encoded, as nodes do", () => {
		expect(read("https://e/socket.io/?EIO=4&transport=polling&%73id=abc").sid).toBe("abc");
	});

	it.each(["sid=a&sid=b", "sid=a&%73id=b", "sid=&sid=a"])(
		"reports the field that occurs twice in %s",
		(query) => {
			expect(read(`https://e/socket.io/?EIO=4&transport=polling&${query}`).duplicate).toBe("sid");
		},
	);

	it("leaves broken escapes as they are instead of throwing", () => {
		expect(read("https://e/socket.io/?EIO=4&transport=polling&sid=%zz").sid).toBe("%zz");
	});

	it.each([
		"https://e/x/../socket.io/?EIO=4&transport=polling",
		"https://e/x/%2e%2e/socket.io/?EIO=4&transport=polling",
		"https://e/./socket.io/?EIO=4&transport=polling",
		"https://e/socket.io\\?EIO=4&transport=polling",
	])("resolves the path of %s, as fetch does on the way to the node", (url) => {
		expect(read(url)).toMatchObject({ engine: "/socket.io/", path: "/socket.io/", traffic: "polling" });
	});

	it("leaves a path like /.well-known/x as it is", () => {
		expect(read("https://e/.well-known/x?a=%20b").path).toBe("/.well-known/x");
	});
});
