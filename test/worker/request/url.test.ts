import { describe, expect, it } from "vitest";
import { parsedUrl } from "../support/pools.ts";

const PATHS = ["/chat/socket.io/", "/socket.io/"];
const read = (url: string, upgrade: string | null = null, method = "GET") =>
	parsedUrl(url, { method, upgrade }, PATHS);

describe("parseRequest", () => {
	it.each([
		["https://e/", null, "http", null],
		["https://e/socket.io", null, "http", null],
		["https://e/socket.io?v=4", null, "http", null],
		["https://e/socket.io?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/socket.io?EIO=4&transport=websocket", "websocket", "websocket", "/socket.io/"],
		["https://e/socket.iox?EIO=4&transport=polling", null, "http", null],
		["https://e/socket.i?EIO=4&transport=polling", null, "http", null],
		["https://e/%73ocket.io/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/socket%2Eio?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/%73%6F%63%6B%65%74%2e%69%6f%2f?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/%73ocket.io/%zz?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/%2573ocket.io/?EIO=4&transport=polling", null, "http", null],
		["https://e/chat%2fsocket.io/?EIO=4&transport=polling", null, "polling", "/chat/socket.io/"],
		["https://e/chat/socket.io?EIO=4&transport=polling", null, "polling", "/chat/socket.io/"],
		["https://e//socket.io/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/chat//socket.io//?EIO=4&transport=polling", null, "polling", "/chat/socket.io/"],
		["https://e/socket.io;x=1/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/x%2f..%2fsocket.io/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/%5csocket.io/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/Socket.IO/?EIO=4&transport=polling", null, "polling", "/socket.io/"],
		["https://e/x/socket.io/?EIO=4&transport=polling", null, "http", null],
		["https://e//socket.io/socket.io.js", null, "http", null],
		["https://e/?x=;EIO=4;transport=polling", null, "http", null],
		["https://e/socket.io/?x=;EIO=4;transport=polling", null, "polling", "/socket.io/"],
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
	] as const)("reads %s with Upgrade %s as the traffic %s", (url, upgrade, traffic, enginePath) => {
		expect(read(url, upgrade)).toMatchObject({ traffic, enginePath });
	});

	it("keeps host, port, path and query as the client wrote them", () => {
		expect(read("http://edge.test:8080/a%2Fb/?x=1&x=2")).toMatchObject({
			secure: false,
			host: "edge.test:8080",
			path: "/a%2Fb/",
			search: "?x=1&x=2",
		});
	});

	it.each([
		["/socket.io/?EIO=4&transport=polling", true],
		["/socket.io?EIO=4&transport=polling", false],
		["/%73ocket.io/?EIO=4&transport=polling", false],
		["//socket.io/?EIO=4&transport=polling", false],
		["/Socket.IO/?EIO=4&transport=polling", false],
		["/socket.io/x?EIO=4&transport=polling", false],
		["/socket.io/", false],
	])("reads whether %s is an Engine.IO request at the exact path: %s", (target, exact) => {
		expect(read(`https://e${target}`).isExactPath).toBe(exact);
	});

	it("keeps the path of another spelling as the client wrote it, beside the decoded one", () => {
		const parsed = read("https://e/%73ocket.io/a%2Fb?EIO=4&transport=polling");
		expect(parsed).toMatchObject({ path: "/%73ocket.io/a%2Fb", decodedPath: "/socket.io/a/b" });
	});

	it.each([
		["?EIO=4&transport=polling&j=0", "0"],
		["?EIO=4&transport=polling&%6a=", ""],
		["?EIO=4&transport=polling", null],
	])("reads the JSONP index of %s as %j", (query, index) => {
		expect(read(`https://e/socket.io/${query}`).jsonp).toBe(index);
	});

	it.each([
		["https://e//", "//", ""],
		["https://e//a//b/", "//a//b/", ""],
		["https://e/a?", "/a", "?"],
		["https://e/a?b?c#d?e", "/a", "?b?c"],
		["https://e/a#b?c", "/a", ""],
		["https://e//a/./b", "//a/b", ""],
		["https://e*", "/", ""],
		["https://e", "/", ""],
	])("reads the target of %s as the path %s and the query %j", (url, path, search) => {
		expect(parsedUrl(url, { host: "e" })).toMatchObject({ path, search });
	});

	it("takes the host from the Host header as the client wrote it, and from the URL without one", () => {
		expect(parsedUrl("https://chat.test/x", { host: "Chat.TEST.:443" })).toMatchObject({
			host: "Chat.TEST.:443",
			hostParts: { name: "chat.test", port: 443 },
			path: "/x",
		});
		expect(parsedUrl("https://chat.test:8443/x")).toMatchObject({ host: "chat.test:8443" });
	});

	it.each(["a:99999", "x/__edge", "a,b", "a, b", "u@h", "a?b", "a\\..\\b", "[::1", ""])(
		"reads the Host header %j, which is not one host, without throwing",
		(host) => {
			expect(parsedUrl(`https://${host}/p/../q?EIO=4`, { host })).toMatchObject({ host, hostParts: null });
		},
	);

	it("reads an empty sid as a handshake, as Engine.IO does", () => {
		expect(read("https://e/socket.io/?EIO=4&transport=polling&sid=").sid).toBeNull();
	});

	it("reads a sid whose name is percent-encoded, as nodes do", () => {
		expect(read("https://e/socket.io/?EIO=4&transport=polling&%73id=abc").sid).toBe("abc");
	});

	it.each(["sid=a&sid=b", "sid=a&%73id=b", "sid=&sid=a"])(
		"reports the field that occurs twice in %s",
		(query) => {
			expect(read(`https://e/socket.io/?EIO=4&transport=polling&${query}`).ambiguous).toBe("sid");
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
		expect(read(url)).toMatchObject({ enginePath: "/socket.io/", path: "/socket.io/", traffic: "polling" });
	});

	it("leaves a path like /.well-known/x as it is", () => {
		expect(read("https://e/.well-known/x?a=%20b").path).toBe("/.well-known/x");
	});
});
