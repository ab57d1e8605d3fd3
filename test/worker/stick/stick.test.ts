import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SID_LENGTH, TAG_VECTORS, tagOf } from "../../../worker/contract.ts";
import { cureOf } from "../../../worker/health/fault.ts";
import { pin } from "../../../worker/stick/cookie.ts";
import { namesItsNode } from "../../../worker/stick/minted.ts";
import { stick } from "../../../worker/stick/stick.ts";
import { asked, poolOf } from "../support/pools.ts";

const HANDSHAKE = asked("GET", "/socket.io/?EIO=4&transport=polling");
const ofSession = (sid: string) => asked("GET", `/socket.io/?EIO=4&transport=polling&sid=${sid}`);

describe("tags", () => {
	it.each(TAG_VECTORS)("makes the tag of %s as the contract's vectors say: %s", (id, tag) => {
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

describe("stick, by the pool's way", () => {
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
		["sid", asked("GET", "/index.html"), null, "any"],
	] as const)("%s: %o with cookie %s is %s", (stickiness, request, cookies, kind) => {
		const stuck = stick(poolOf({ stickiness }), request, cookies, "10.0.0.1");
		expect(stuck.kind).toBe(kind);
		if (stuck.kind === "node" || stuck.kind === "prefer") expect(stuck.node.id).toBe("n2");
	});

	it("never throws, whatever the sid", () => {
		fc.assert(
			fc.property(fc.string(), (sid) =>
				["node", "gone", "any"].includes(stick(poolOf(), ofSession(encodeURIComponent(sid)), null, "").kind),
			),
		);
	});
});

describe("the cookie", () => {
	const pool = poolOf({ stickiness: "cookie" });
	it("is kept to the site unless told otherwise", () => {
		expect(pin(pool, pool.nodes[0]!, true)).toBe(
			"edge_app=d0N; Path=/socket.io/; HttpOnly; Secure; SameSite=Lax",
		);
	});

	it("crosses sites as browsers demand it", () => {
		const cross = poolOf({ stickiness: "cookie", cookie_cross_site: true });
		expect(pin(cross, cross.nodes[0]!, true)).toBe(
			"edge_app=d0N; Path=/socket.io/; HttpOnly; Secure; SameSite=None; Partitioned",
		);
	});
});

describe("session ids that do not name their node", () => {
	const pool = poolOf();
	const node = pool.nodes[0]!;
	it.each([
		['0{"sid":"d0N0123456789abcdefg"}', true],
		['0{"sid":"eF00123456789abcdefg"}', false],
		['96:0{"sid":"lv_VI97HAXpY6yYWAAAC"}', false],
		['{"code":4,"message":"Forbidden"}', null],
	])("are seen in %s: %s", (body, good) => {
		expect(namesItsNode(body, node)).toBe(good);
	});

	it("come with a line that mints right ones", () => {
		const line = /generateId = (\(\) => .*?);/.exec(cureOf("foreign_tag", pool, node))?.[1];
		expect(line).toBe('() => "d0N" + crypto.randomBytes(13).toString("base64url").slice(0, 17)');
	});
});
