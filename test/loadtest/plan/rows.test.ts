/** Rows of `--data`: what is read, and what is refused before a run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { readRows, rowWords } from "../../../loadtest/plan/rows.ts";

const folder = mkdtempSync(join(tmpdir(), "rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
	const file = join(folder, "users");
	writeFileSync(file, text);
	return file;
}

test.each([
	[
		"CSV",
		"name,token\nann,a1\nbob,b2\n",
		[
			{ name: "ann", token: "a1" },
			{ name: "bob", token: "b2" },
		],
	],
	[
		"CSV with quotes and a line break",
		'name,said\n"Ann, A.","""hi""\nall"\n',
		[{ name: "Ann, A.", said: '"hi"\nall' }],
	],
	["CSV of Windows, with a byte order mark", "\uFEFFname\r\nann\r\n\r\n", [{ name: "ann" }]],
	["JSON lines", '{"id":1,"tags":["a"]}\n\n{"id":2}\n', [{ id: 1, tags: ["a"] }, { id: 2 }]],
	["JSON lines with a byte order mark", '\uFEFF{"id":1}\n', [{ id: 1 }]],
])("%s is read", (_, text, rows) => {
	expect(readRows(fileOf(text))).toEqual(rows);
});

test.each([
	["a JSON array", '[{"token":"secret"}]', /users is a JSON array; give JSON lines/],
	["a broken line", '{"a":1}\n{"a":secret}\n', /users:2 is not a JSON object/],
	["a line with too many values", "a,b\n1,2\n1,2,secret\n", /users:3 is not CSV \(CSV_RECORD_INCONSISTENT/],
	["two columns with one name", "name,token,name\nsecret,1,2\n", /users: two columns have the name "name"/],
	["a header alone", "name,token\n", /users has no rows/],
])("%s is refused without its values", (_, text, said) => {
	expect(() => readRows(fileOf(text))).toThrow(said);
	expect(() => readRows(fileOf(text))).not.toThrow(/secret/);
});

test("only columns that every row has are placeholders", () => {
	expect(
		rowWords([
			{ a: 1, "user-id": 2, c: 3 },
			{ a: 1, "user-id": 2 },
		]),
	).toEqual(["row.a", "row.user-id"]);
});

test.each([
	[
		{ clients: 3 },
		/has 2 rows, and 3 are needed: one for each of 3 clients in each of 1 load groups; add rows, or lower --clients/,
	],
	[{ clients: 1, transports: ["polling", "websocket", "upgrade"] as const }, /2 rows, and 3 are needed/],
	[
		{ clients: 2, auth: '{"token":"{row.tokn}"}' },
		/--auth: unknown placeholder \{row\.tokn\}; use any of .*\{row\.user-id\}, \{row\.token\}/,
	],
	[{ clients: 2, message: '{"a":"{row.user-nr}"}' }, /--message: unknown placeholder \{row\.user-nr\}/],
])("a run of %j is refused", (options, said) => {
	const data = fileOf("user-id,token\n1,a\n2,b\n");
	expect(() => planFrom({ url: "http://a", transports: ["websocket"], data, ...options })).toThrow(said);
});

test("a value that cannot be sent is found in any row that a session uses, and not shown", () => {
	const data = fileOf('"name","token"\nann,a1\nbob,"b\n2"\n');
	const options = { url: "http://a", transports: ["websocket"] as const, data, clients: 2 };
	const plan = () => planFrom({ ...options, headers: { "x-token": "{row.token}" } });
	expect(plan).toThrow(/--header x-token: HTTP does not allow a character of its value/);
	expect(plan).not.toThrow(/b\n2/);
});

test.each([
	[{ message: "1", args: "[1]" }, /--message and --args are both given/],
	[{ message: "1", binary: true }, /--message and --binary are both given/],
	[{ hear: "tick" }, /--hear tick: echo sends and does not listen; use --scenario listen/],
	[{ scenario: "listen" }, /--scenario listen: --hear is missing/],
])("contradicting settings %j are refused", (options, said) => {
	expect(() => planFrom({ url: "http://a", ...options })).toThrow(said);
});
