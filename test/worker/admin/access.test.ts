import { describe, expect, it } from "vitest";
import { judgeAccess, type Knock, tokenIn } from "../../../worker/admin/access.ts";

const basic = (pair: string) => `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}`;
const KNOCK: Knock = {
	method: "GET",
	authorization: "Bearer s3cret",
	operator: null,
	origin: null,
	own: "https://edge.test",
};
const POST: Knock = { ...KNOCK, method: "POST", operator: "anna" };

describe("access", () => {
	it.each<[string | null, string, Knock, string]>([
		["EDGE_NOT_FOUND", "nothing is there without a token", KNOCK, ""],
		["EDGE_NOT_FOUND", "nor for an empty password, then", { ...KNOCK, authorization: basic("x:") }, ""],
		[null, "Bearer", KNOCK, "s3cret"],
		[null, "Basic, any user", { ...KNOCK, authorization: basic("anna:s3cret") }, "s3cret"],
		[null, "Basic, a token with colons and umlauts", { ...KNOCK, authorization: basic("x:a:ü") }, "a:ü"],
		["EDGE_TOKEN", "no token", { ...KNOCK, authorization: null }, "s3cret"],
		["EDGE_TOKEN", "a wrong one", { ...KNOCK, authorization: "Bearer s3creT" }, "s3cret"],
		["EDGE_TOKEN", "one that is longer", { ...KNOCK, authorization: "Bearer s3cret2" }, "s3cret"],
		["EDGE_TOKEN", "the token as the user", { ...KNOCK, authorization: basic("s3cret:x") }, "s3cret"],
		[null, "a change by a named operator", POST, "s3cret"],
		[null, "a change from the edge's own page", { ...POST, origin: "https://edge.test" }, "s3cret"],
		["EDGE_OPERATOR", "a change without a name", { ...POST, operator: null }, "s3cret"],
		["EDGE_OPERATOR", "a change with a blank name", { ...POST, operator: " " }, "s3cret"],
		["EDGE_OPERATOR", "a change from another page", { ...POST, origin: "https://evil.test" }, "s3cret"],
		["EDGE_OPERATOR", "a change from a plain page", { ...POST, origin: "http://edge.test" }, "s3cret"],
		["EDGE_OPERATOR", "a change from a sandboxed page", { ...POST, origin: "null" }, "s3cret"],
		["EDGE_TOKEN", "a change without a token, whatever else", { ...POST, authorization: null }, "s3cret"],
		["EDGE_NOT_FOUND", "other methods", { ...POST, method: "DELETE" }, "s3cret"],
	])("is %s: %s", async (code, _what, knock, token) => {
		expect(await judgeAccess(knock, token)).toBe(code);
	});

	it.each([
		[null, null],
		["", null],
		["Bearer", null],
		["Bearer  a", "a"],
		["bearer a", "a"],
		["Basic !!!", null],
		[basic("no-colon"), null],
		["Digest a", null],
	])("reads the token of %j as %j", (header, token) => {
		expect(tokenIn(header)).toBe(token);
	});
});
