import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEngineQuery } from "../../../worker/request/query.ts";

const FIELDS = ["sid", "transport", "EIO", "j"] as const;

describe("the Engine.IO fields of a query", () => {
	const name = fc.constantFrom(
		...["sid", "transport", "EIO", "j", "%73id", "s%69d", "E%49O", "%45%49%4F", "%6a", "%6A"],
		...[
			"tr%61nsport",
			"%74%72%61%6e%73%70%6f%72%74",
			"t",
			"b64",
			"Sid",
			"eio",
			"",
			"s+d",
			"%2573id",
			"%7",
			"%",
		],
		...["sid%", "sid%00", "%zz", "%s3id", "j%", "s%69", "%e4", "sid[]", "+sid", "transport%3d"],
	);
	const value = fc.oneof(
		fc.constantFrom(
			"4",
			"polling",
			"",
			"%zz",
			"a%20b",
			"a+b",
			"%41%",
			"%e4",
			"%c3%a4",
			"=",
			"a=b",
			"%3d",
			"ä",
			"%00",
		),
		fc.string({ maxLength: 8 }).map((text) => text.replace(/[&#]/g, "")),
	);
	const pair = fc.oneof(
		fc.tuple(name, value).map(([n, v]) => `${n}=${v}`),
		name,
		fc.constantFrom("", "=", "==", "=sid", "&"),
	);

	it("are those that URLSearchParams reads, the first of each", () => {
		fc.assert(
			fc.property(fc.array(pair, { maxLength: 8 }), (pairs) => {
				const search = `?${pairs.join("&")}`;
				const wanted = new URLSearchParams(search);
				const found = parseEngineQuery(search);
				// Where `;` separates pairs too, other fields may be found, and then one of them is ambiguous.
				fc.pre(!search.includes(";"));
				for (const field of FIELDS) expect([search, found[field]]).toEqual([search, wanted.get(field)]);
				const hasInvalidEscape = (field: string) =>
					pairs.some((pair) =>
						pair.split("&").some((each) => {
							const [name] = new URLSearchParams(each).keys();
							return name === field && /%(?![0-9a-f]{2})/i.test(each.slice(each.indexOf("=")));
						}),
					);
				const ambiguous = FIELDS.filter(
					(field) => wanted.getAll(field).length > 1 || hasInvalidEscape(field),
				);
				expect([search, found.ambiguous !== null]).toEqual([search, ambiguous.length > 0]);
				if (found.ambiguous !== null) expect(ambiguous).toContain(found.ambiguous);
			}),
			{ numRuns: 2000 },
		);
	});

	it.each([
		["", null],
		["?", null],
		["?j", ""],
		["?j=", ""],
		["?j=0", "0"],
		["?%6A=7", "7"],
		["?j=1&j=2", "1"],
		["?jj=1", null],
	])("of %j have the JSONP index %j", (search, index) => {
		expect(parseEngineQuery(search).j).toBe(index);
	});
});

describe("a query that nodes read in different ways", () => {
	it.each([
		["a JSONP index behind a semicolon", "?EIO=4&transport=polling&x=;j=0", "j"],
		["a sid behind a semicolon", "?EIO=4&transport=polling&x=1;sid=abc", "sid"],
		["a sid that a semicolon ends", "?EIO=4&transport=polling&sid=d0Nabc;x", "sid"],
		["a transport that a semicolon ends", "?EIO=4&transport=polling;b", "transport"],
		["nothing but semicolons", "?EIO=4;transport=websocket", "transport"],
		["fields in a query that has none otherwise", "?x=;EIO=4;transport=websocket", "transport"],
		["a sid with an invalid escape", "?EIO=4&transport=polling&sid=d0N%zz", "sid"],
		["a sid with half an escape", "?EIO=4&transport=polling&sid=d0N%4", "sid"],
		["a sid after a thousand others", `?EIO=4&transport=polling&${"a&".repeat(998)}sid=d0Nabc`, "sid"],
		["a second sid behind a semicolon", "?EIO=4&transport=polling&sid=A&x;sid=A", "sid"],
		["a sid behind a thousand semicolons", `?EIO=4&transport=polling&${"a;".repeat(1100)}a&sid=A`, "sid"],
		["a semicolon before an invalid escape", "?EIO=4&transport=polling&sid=A&x;sid=%zz", "sid"],
		["two JSONP indexes", "?EIO=4&transport=polling&j=0&j=1", "j"],
	])("because of %s is ambiguous", (_what, search, field) => {
		expect(parseEngineQuery(search).ambiguous).toBe(field);
	});

	it.each([
		["a semicolon in another value", "?EIO=4&transport=polling&token=a;b&sid=d0Nabc"],
		["an encoded semicolon", "?EIO=4&transport=polling&sid=d0Nabc&x=%3Bsid%3D1"],
		["an invalid escape in another value", "?EIO=4&transport=polling&token=%zz&sid=d0Nabc"],
		["many pairs, but fewer than a thousand", `?EIO=4&transport=polling&${"a&".repeat(900)}sid=d0Nabc`],
	])("is not one with %s", (_what, search) => {
		expect(parseEngineQuery(search)).toEqual({
			sid: "d0Nabc",
			transport: "polling",
			EIO: "4",
			j: null,
			ambiguous: null,
		});
	});
});

describe("the time for a query of 62 KB", () => {
	/** A guard: the Worker's clock stands still during a computation, so many are timed against a plain loop's worth. */
	it.each([
		["broken escapes", "%zz"],
		["ampersands", "&"],
		["pairs without a value", "a&"],
		["pairs without a name", "=&"],
		["broken escapes for names", "%=&"],
		["a field that repeats with a broken value", "sid=%&"],
		["encoded names that are almost a field", "%73i%64%&"],
		["equals signs", "="],
		["plus signs", "+"],
		["semicolons", ";"],
		["fields between semicolons", ";sid=%"],
	])("of %s grows with its length only", (_what, part) => {
		const of = (bytes: number) => `?${part.repeat(bytes / part.length)}`;
		const steps = (search: string) => {
			const counted = countingString(search);
			parseEngineQuery(counted.text);
			return counted.reads();
		};
		expect(steps(of(62_000))).toBeLessThan(12 * 62_000);
	});
});

/** Text whose characters are counted as they are read one by one or searched. */
function countingString(text: string): { readonly text: string; reads(): number } {
	let reads = 0;
	const counted = {
		length: text.length,
		charCodeAt(at: number) {
			reads += 1;
			return text.charCodeAt(at);
		},
		includes(part: string) {
			reads += text.length;
			return text.includes(part);
		},
		slice(from: number, to: number) {
			reads += Math.max(0, to - from);
			return text.slice(from, to);
		},
	};
	return {
		text: counted as unknown as string,
		reads: () => reads,
	};
}
