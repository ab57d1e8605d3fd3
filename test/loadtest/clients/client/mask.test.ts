import { expect, test } from "vitest";
import { secretsOf, withoutSecrets } from "../../../../loadtest/clients/client/mask.ts";

const client = {
	auth: { token: "tok-123456", user: { id: 42 } },
	headers: { Authorization: "Bearer abc.def.ghi", Cookie: "sid=cookie-value" },
	query: { room: "a b/c", flag: "" },
};
const secrets = secretsOf(client, ["jar-value"]);

test.each([
	["the token of auth", "bad tok-123456!", "bad ***!"],
	["a part of a header", "jwt abc.def.ghi expired", "jwt *** expired"],
	["a cookie that was given, and one that was kept", "cookie-value jar-value", "*** ***"],
	["a query value, also as it stands in a URL", "/?room=a%20b%2Fc (a b/c)", "/?room=*** (***)"],
	["a short value where it is a word", "user 42 of 4242", "user *** of 4242"],
	["nothing else", "line one\n  line two", "line one line two"],
])("%s is hidden", (_, text, shown) => {
	expect(withoutSecrets(text, secrets)).toBe(shown);
});

test("a long secret is hidden before the text is cut to 200 characters", () => {
	const long = "x".repeat(300);
	expect(withoutSecrets(`${"-".repeat(150)}${long}`, [long])).toBe(`${"-".repeat(150)}***`);
	expect(withoutSecrets("y".repeat(300), [])).toHaveLength(200);
});
