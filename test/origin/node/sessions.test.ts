import fc from "fast-check";
import { expect, test } from "vitest";
import { mintSid } from "../../../origin/node/sessions.ts";
import { NODE_ID, SID_LENGTH, TAG_VECTORS, tagOf } from "../../../worker/contract.ts";

test.each(TAG_VECTORS)("a session id of node %s begins with its tag, %s", (node, tag) => {
	expect(mintSid(tagOf(node)).slice(0, 3)).toBe(tag);
});

test("a session id is 20 base64url characters for every valid node id", () => {
	fc.assert(
		fc.property(fc.stringMatching(NODE_ID), (node) => {
			expect(mintSid(tagOf(node))).toMatch(/^[A-Za-z0-9_-]{20}$/);
		}),
	);
});

test("session ids of one node vary in every character after the tag", () => {
	const ids = Array.from({ length: 2_000 }, () => mintSid("d0N"));
	expect(new Set(ids).size).toBe(ids.length);
	for (let at = 3; at < SID_LENGTH; at++)
		expect(new Set(ids.map((id) => id[at])).size, `character ${at}`).toBe(64);
});
