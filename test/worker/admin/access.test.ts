import { describe, expect, it } from "vitest";
import { type AccessRequest, checkAccess, tokenIn } from "../../../worker/admin/access.ts";

const basic = (pair: string) => `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}`;
const READ: AccessRequest = {
	method: "GET",
	authorization: "Bearer s3cret",
	operator: null,
	origin: null,
	ownOrigin: "https://edge.test",
};
const POST: AccessRequest = { ...READ, method: "POST", operator: "anna" };

describe("access to /__edge/", () => {
	it.each<[string | null, string, AccessRequest, string]>([
		["EDGE_NOT_FOUND", "a read without a configured token", READ, ""],
		[
			"EDGE_NOT_FOUND",
			"an empty password without a configured token",
			{ ...READ, authorization: basic("x:") },
			"",
		],
		[null, "a Bearer token", READ, "s3cret"],
		[null, "Basic with any user", { ...READ, authorization: basic("anna:s3cret") }, "s3cret"],
		[
			null,
			"Basic with a token that has a colon and an umlaut",
			{ ...READ, authorization: basic("x:a:ü") },
			"a:ü",
		],
		["EDGE_TOKEN", "no token", { ...READ, authorization: null }, "s3cret"],
		["EDGE_TOKEN", "a wrong token", { ...READ, authorization: "Bearer s3creT" }, "s3cret"],
		["EDGE_TOKEN", "a longer token", { ...READ, authorization: "Bearer s3cret2" }, "s3cret"],
		["EDGE_TOKEN", "the token in place of the user", { ...READ, authorization: basic("s3cret:x") }, "s3cret"],
		[null, "a change by a named operator", POST, "s3cret"],
		[null, "a change from the edge's own page", { ...POST, origin: "https://edge.test" }, "s3cret"],
		["EDGE_OPERATOR", "a change without a name", { ...POST, operator: null }, "s3cret"],
		["EDGE_OPERATOR", "a change with a blank name", { ...POST, operator: " " }, "s3cret"],
		[
			"EDGE_OPERATOR",
			"a change from another site's page",
			{ ...POST, origin: "https://evil.test" },
			"s3cret",
		],
		["EDGE_OPERATOR", "a change from a plain http page", { ...POST, origin: "http://edge.test" }, "s3cret"],
		["EDGE_OPERATOR", "a change from a sandboxed page", { ...POST, origin: "null" }, "s3cret"],
		["EDGE_TOKEN", "a change without a token", { ...POST, authorization: null }, "s3cret"],
		["EDGE_NOT_FOUND", "another method", { ...POST, method: "DELETE" }, "s3cret"],
	])("gives the error %s for %s", async (code, _what, request, token) => {
		expect(await checkAccess(request, token)).toBe(code);
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
