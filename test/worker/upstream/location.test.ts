import { describe, expect, it } from "vitest";
import { withPublicLocation } from "../../../worker/upstream/location.ts";
import { parsed, parsedUrl, poolOf } from "../support/pools.ts";

const node = poolOf().nodes[0]!;
const REQUEST = parsed("GET", "/login");
const named = poolOf({ nodes: [{ id: "n1", url: "https://n1.test" }] }).nodes[0]!;

const answer = (status: number, headers: Record<string, string>) => new Response(null, { status, headers });
const locationOf = (status: number, location: string, of = node, request = REQUEST) =>
	withPublicLocation(answer(status, { location }), of, request).headers.get("location");

describe("the Location that a client gets", () => {
	it.each([
		[302, `${node.url}/home?a=1`, "https://edge.test/home?a=1"],
		[308, node.url, "https://edge.test"],
		[301, "/home", "/home"],
		[301, "https://other.test/x", "https://other.test/x"],
		[302, `${node.url}1/x`, `${node.url}1/x`],
		[200, `${node.url}/home`, `${node.url}/home`],
		[201, `${node.url}/items/7`, "https://edge.test/items/7"],
		[201, "/items/7", "/items/7"],
		[302, "https://127.0.0.1:3001/home#a", "https://edge.test/home#a"],
		[302, "HTTP://127.0.0.1:3001/Home", "https://edge.test/Home"],
		[302, "//127.0.0.1:3001/home", "https://edge.test/home"],
		[302, "//127.0.0.1/home", "https://edge.test/home"],
		[302, "https://127.0.0.1/home", "https://edge.test/home"],
		[302, "http://127.0.0.1:3001?a=b", "https://edge.test?a=b"],
		[302, "http://127.0.0.1:3002/home", "http://127.0.0.1:3002/home"],
		[302, "https://127.0.0.1:443/home", "https://127.0.0.1:443/home"],
		[302, "//127.0.0.11:3001/home", "//127.0.0.11:3001/home"],
		[302, "http://127.0.0.1.evil.test/", "http://127.0.0.1.evil.test/"],
		[302, "http://127.0.0.1:3001@evil.test/", "http://127.0.0.1:3001@evil.test/"],
		[302, "myapp://127.0.0.1:3001/home", "myapp://127.0.0.1:3001/home"],
		[302, "/to?next=http://127.0.0.1:3001/", "/to?next=http://127.0.0.1:3001/"],
		[302, "///127.0.0.1:3001/", "///127.0.0.1:3001/"],
		[302, "", ""],
	])("of a %i to %s is %s", (status, location, wanted) => {
		expect(locationOf(status, location)).toBe(wanted);
	});

	it.each([
		["https://n1.test/x", "https://edge.test/x"],
		["https://N1.TEST.:443/x", "https://edge.test/x"],
		["http://n1.test/x", "https://edge.test/x"],
		["//n1.test/x", "https://edge.test/x"],
		["https://n1.test:8443/x", "https://n1.test:8443/x"],
		["http://n1.test:80/x", "http://n1.test:80/x"],
	])("from a node at the default port, to %s, is %s", (location, wanted) => {
		expect(locationOf(302, location, named)).toBe(wanted);
	});

	it("has the scheme and the host by which the client reached the edge, as it wrote it", () => {
		const request = parsedUrl("http://chat.test:8080/", { host: "Chat.Test:8080" });
		expect(locationOf(302, "https://n1.test/x", named, request)).toBe("http://Chat.Test:8080/x");
	});

	it("comes with a Content-Location of the same kind, and without a copy when neither is on the node", () => {
		const headers = { location: "/a", "content-location": `${node.url}/b` };
		const changed = withPublicLocation(answer(201, headers), node, REQUEST);
		expect(changed.headers.get("location")).toBe("/a");
		expect(changed.headers.get("content-location")).toBe("https://edge.test/b");
		const elsewhere = answer(302, { location: "https://other.test/" });
		expect(withPublicLocation(elsewhere, node, REQUEST)).toBe(elsewhere);
	});
});
