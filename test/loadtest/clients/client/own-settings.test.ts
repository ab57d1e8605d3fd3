/** What a scenario's session() may return. */
import { expect, test } from "vitest";
import { checkSettings } from "../../../../loadtest/clients/client/own-settings.ts";

test.each([
	[{}],
	[{ auth: { token: "t", deep: { n: 1 } }, headers: { "x-a": "b" }, query: { a: "" }, namespace: "/chat" }],
	[{ auth: undefined, namespace: undefined }],
])("session() may return %j", (own) => {
	expect(() => checkSettings(own)).not.toThrow();
});

test.each<[unknown, RegExp]>([
	[undefined, /returned no object; return any of auth, headers, query, namespace/],
	[["secret"], /returned no object/],
	[{ token: "secret" }, /the unknown key token; return any of/],
	[{ auth: "secret" }, /an auth that is not an object/],
	[{ auth: ["secret"] }, /an auth that is not an object/],
	[{ query: "a=secret" }, /query that are not an object of strings/],
	[{ query: { a: 5 } }, /query in which a is not a string/],
	[{ headers: { "x-a": undefined } }, /headers in which x-a is not a string/],
	[{ headers: { "x-a": "secret\nb" } }, /a header "x-a" with a character that HTTP does not allow/],
	[{ namespace: 4 }, /a namespace that is not a string/],
])("session() that returns %j is an error that names the place, not the value", (own, said) => {
	expect(() => checkSettings(own)).toThrow(said);
	expect(() => checkSettings(own)).not.toThrow(/secret/);
});
