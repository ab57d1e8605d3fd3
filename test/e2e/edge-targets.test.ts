/** What reaches a node of a request's target, on real workerd. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";
import { type RawNode, rawRequest, startRawNode } from "../support/edge/raw.ts";

let node: RawNode;
let edge: RunningEdge;

beforeAll(async () => {
	node = await startRawNode();
	edge = await startEdge({
		...(await edgeDefaults()),
		variables: { POOL_APP: { nodes: [{ id: "n1", url: node.url }] } },
	});
});
afterAll(async () => {
	await edge.stop();
	await node[Symbol.asyncDispose]();
});

/** Sends a request; returns its status and the heads that the node got. */
async function send(line: string) {
	const before = node.heads.length;
	const bytes = `${line} HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n`;
	const { status } = await rawRequest(edge.https, bytes);
	return { status, got: node.heads.slice(before) };
}

describe("a request's target", () => {
	test.each([
		...[
			"/",
			"/?",
			"/a?",
			"/a??",
			"/a?b?c",
			"//a//b",
			"///",
			"/a;b=c",
			"/a|b",
			"/a[b]",
			"/a'b",
			"/a:b@c",
			"/a*",
		],
		...[
			"/a!$&()*+,;=",
			"/a%20b",
			"/a%2Fb",
			"/a%2fb",
			"/a%zz",
			"/a%",
			"/a%e4",
			"/a/..;/b",
			"/...",
			"/.well-known/x",
		],
		...["/..%2fa", "/a?x=../y&z=%2e%2e", "/a?{}|^`\\", "/a?%zz", "/a~%7e"],
	])("reaches the node byte for byte: %s", async (target) => {
		const { status, got } = await send(`GET ${target}`);
		expect([status, got.map((head) => head.split("\r\n")[0])]).toEqual([200, [`GET ${target} HTTP/1.1`]]);
	});

	test.each([
		["/a/./b", "/a/b"],
		["/a/../b", "/b"],
		["/a/%2E%2e/b", "/b"],
		["/a/..", "/"],
		["/a\\b", "/a/b"],
		['/a"b', "/a%22b"],
		["/a{b}^", "/a%7Bb%7D%5E"],
		["/a?b='", "/a?b=%27"],
		["/a?#b", "/a?"],
		["http://other.test/a", "/a"],
	])("%s reaches it as %s, since the runtime's fetch takes a URL", async (target, sent) => {
		const { got } = await send(`GET ${target}`);
		expect(got.map((head) => head.split(" ")[1])).toEqual([sent]);
	});

	test.each(["/a b", "/a\tb", "/a<b>", "/a`b", "/a\xe4b", '/a?"', "/a?\x7f"])(
		"%j is refused by the runtime",
		async (target) => {
			const { status, got } = await send(`GET ${target}`);
			expect([status, got]).toEqual([400, []]);
		},
	);

	test("* of OPTIONS reaches it as /", async () => {
		const { got } = await send("OPTIONS *");
		expect(got.map((head) => head.split("\r\n")[0])).toEqual(["OPTIONS / HTTP/1.1"]);
	});
});
