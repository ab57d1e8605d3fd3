import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEngineQuery } from "../../../worker/request/query.ts";

const FIELDS = { sid: "sid", transport: "transport", EIO: "eio", j: "jsonp" } as const;

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
				for (const [field, property] of Object.entries(FIELDS))
					expect([search, found[property]]).toEqual([search, wanted.get(field)]);
				const repeated = ["sid", "transport", "EIO"].filter((field) => wanted.getAll(field).length > 1);
				expect([search, found.duplicate !== null]).toEqual([search, repeated.length > 0]);
				if (found.duplicate !== null) expect(repeated).toContain(found.duplicate);
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
		expect(parseEngineQuery(search).jsonp).toBe(index);
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
		indexOf(part: string, from = 0) {
			const found = text.indexOf(part, from);
			reads += (found < 0 ? text.length : found) - from + 1;
			return found;
		},
		charCodeAt(at: number) {
			reads += 1;
			return text.charCodeAt(at);
		},
		slice(from: number, to: number) {
			reads += Math.max(0, to - from);
			return text.slice(from, to);
		},
	};
	return { text: counted as unknown as string, reads: () => reads };
}
