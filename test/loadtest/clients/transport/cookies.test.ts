import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Cookies } from "../../../../loadtest/clients/transport/cookies.ts";

/** The `Cookie` header of a request for `path`, after answers to a request for /socket.io/ have set those cookies. */
function sent(
	set: readonly string[],
	target = "http://app.test",
	path = "/socket.io/?EIO=4",
	own = "",
): string {
	const cookies = new Cookies();
	for (const line of set)
		cookies.store({ headers: { "set-cookie": [line] } }, "/socket.io/?EIO=4", new URL(target));
	let header = own;
	cookies.addTo(
		{
			path,
			getHeader: () => (header === "" ? undefined : header),
			setHeader: (_: string, value: string) => {
				header = value;
			},
		} as unknown as Parameters<Cookies["addTo"]>[0],
		new URL(target),
	);
	return header;
}

describe("a cookie is", () => {
	test.each([
		["sent back", ["a=1"], undefined, undefined, "a=1"],
		["replaced by a newer one", ["a=1", "a=2"], undefined, undefined, "a=2"],
		["dropped when it expires", ["a=1", "a=; Max-Age=0"], undefined, undefined, ""],
		["not sent to another path", ["a=1; Path=/admin"], undefined, undefined, ""],
		["sent to every path below its own", ["a=1; Path=/"], undefined, "/other/", "a=1"],
		["refused for another domain", ["a=1; Domain=other.test"], undefined, undefined, ""],
		["kept for the parent domain", ["a=1; Domain=app.test"], "http://eu.app.test", undefined, "a=1"],
		["refused when it is Secure, without TLS", ["a=1; Secure"], undefined, undefined, ""],
		["sent when it is Secure, with TLS", ["a=1; Secure"], "https://app.test", undefined, "a=1"],
		["kept for localhost and addresses", ["a=1"], "http://[::1]:3000", undefined, "a=1"],
	])("%s", (_, set, target, path, header) => {
		expect(sent(set, target, path)).toBe(header);
	});
});

test("the target's cookies join those of --header, and replace one of the same name", () => {
	expect(sent(["a=2", "b=3"], undefined, undefined, "a=1; own=0")).toBe("own=0; a=2; b=3");
	expect(sent([], undefined, undefined, "own=0")).toBe("own=0");
});

test("the values are known, so that messages can leave them out", () => {
	const cookies = new Cookies();
	expect(cookies.values()).toEqual([]);
	cookies.store({ headers: { "set-cookie": ["a=hush"] } }, "/", new URL("http://app.test"));
	expect(cookies.values()).toEqual(["hush"]);
});

test("a redirect to another origin gets neither the cookies nor the authorization of the first", async () => {
	const seen: (string | undefined)[][] = [];
	const server = createServer(({ url, headers }, answer) => {
		const { port } = server.address() as AddressInfo;
		seen.push([headers.host?.split(":")[0], headers.cookie, headers.authorization]);
		if (url === "/login") answer.setHeader("set-cookie", "session=hush; Path=/");
		if (url === "/here") answer.writeHead(302, { location: "/away" });
		if (url === "/away") answer.writeHead(302, { location: `http://localhost:${port}/end` });
		answer.end("done");
	}).listen(0);
	onTestFinished(() => void server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const own = new Cookies().fetchFor(new URL(`http://127.0.0.1:${port}`));
	await (await own("/login")).text();
	const response = await own("/here", { headers: { authorization: "Bearer hush" } });
	expect(await response.text()).toBe("done");
	expect(seen.slice(1)).toEqual([
		["127.0.0.1", "session=hush", "Bearer hush"],
		["127.0.0.1", "session=hush", "Bearer hush"],
		["localhost", undefined, undefined],
	]);
});
