import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SID_LENGTH, TAG_VECTORS, tagOf } from "../../../worker/contract.ts";
import { stickyCookie } from "../../../worker/stick/cookie.ts";
import { findOpenPacket } from "../../../worker/stick/open-packet.ts";
import { isTagged, stickyTarget, withCookie } from "../../../worker/stick/stick.ts";
import { parsed, poolOf } from "../support/pools.ts";

const HANDSHAKE = parsed("GET", "/socket.io/?EIO=4&transport=polling");
const ofSession = (sid: string) => parsed("GET", `/socket.io/?EIO=4&transport=polling&sid=${sid}`);

describe("the tags", () => {
	it.each(TAG_VECTORS)("of %s match the contract's test vector %s", (id, tag) => {
		expect(tagOf(id)).toBe(tag);
	});

	it("are three characters of base64url for every node id", () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), (id) =>
				/^[A-Za-z0-9_-]{3}$/.test(tagOf(id)),
			),
		);
	});
});

describe("the sticky target", () => {
	const n2 = tagOf("n2");
	it.each([
		["sid", HANDSHAKE, null, "any"],
		["sid", ofSession(`${n2}${"x".repeat(SID_LENGTH - 3)}`), null, "node"],
		["sid", ofSession("zzzzzzzzzzzzzzzzzzzz"), null, "gone"],
		["sid", ofSession("d0"), null, "gone"],
		["sid", ofSession("x"), `edge_app=${n2}`, "gone"],
		["rewrite", HANDSHAKE, null, "any"],
		["rewrite", ofSession(`${n2}0123456789abcdef0123456789abcdef`), null, "node"],
		["cookie", HANDSHAKE, null, "any"],
		["cookie", HANDSHAKE, `a=b; edge_app=${n2}`, "prefer"],
		["cookie", HANDSHAKE, "edge_app=zzz", "any"],
		["cookie", ofSession("whatever"), `edge_app=${n2}`, "node"],
		["cookie", ofSession("whatever"), null, "gone"],
		["source", HANDSHAKE, null, "key"],
		["source", ofSession("whatever"), null, "key"],
		["sid", parsed("GET", "/index.html"), null, "any"],
	] as const)("with stickiness %s, of %o with cookie %s, is %s", (stickiness, request, cookies, kind) => {
		const withCookies = { ...request, headers: { ...request.headers, cookie: cookies } };
		const target = stickyTarget(poolOf({ stickiness }), withCookies, "10.0.0.1");
		expect(target.kind).toBe(kind);
		if (target.kind === "node" || target.kind === "prefer") expect(target.node.id).toBe("n2");
	});

	it("is found for every sid without an error", () => {
		fc.assert(
			fc.property(fc.string(), (sid) =>
				["node", "gone", "any"].includes(stickyTarget(poolOf(), ofSession(encodeURIComponent(sid)), "").kind),
			),
		);
	});
});

describe("the sticky cookie", () => {
	const pool = poolOf({ stickiness: "cookie" });
	it("is SameSite=Lax by default", () => {
		expect(stickyCookie(pool, pool.nodes[0]!, true)).toBe(
			"edge_app=d0N; Path=/socket.io/; HttpOnly; Secure; SameSite=Lax",
		);
	});

	it("has a path that clients without its final slash send it back to", () => {
		const answer = withCookie(
			pool,
			pool.nodes[0]!,
			parsed("GET", "/socket.io?EIO=4&transport=polling"),
			new Response(),
		);
		expect(answer.headers.get("set-cookie")).toBe(
			"edge_app=d0N; Path=/socket.io; HttpOnly; Secure; SameSite=Lax",
		);
	});

	it("has the attributes that browsers require for other sites, with cookie_cross_site", () => {
		const cross = poolOf({ stickiness: "cookie", cookie_cross_site: true });
		expect(stickyCookie(cross, cross.nodes[0]!, true)).toBe(
			"edge_app=d0N; Path=/socket.io/; HttpOnly; Secure; SameSite=None; Partitioned",
		);
	});
});

describe("the check of a session id's tag", () => {
	const pool = poolOf();
	const node = pool.nodes[0]!;
	it.each([
		['0{"sid":"d0N0123456789abcdefg"}', true],
		['0{"sid":"eF00123456789abcdefg"}', false],
		['96:0{"sid":"lv_VI97HAXpY6yYWAAAC"}', false],
		['{"code":4,"message":"Forbidden"}', null],
	])("gives for the body %s: %s", (body, tagged) => {
		const open = findOpenPacket(new TextEncoder().encode(body));
		expect(open === null ? null : isTagged(open, node)).toBe(tagged);
	});
});
