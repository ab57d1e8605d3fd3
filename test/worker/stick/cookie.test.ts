import { describe, expect, it } from "vitest";
import { nodeOfCookie, readCookie } from "../../../worker/stick/cookie.ts";
import { poolOf } from "../support/pools.ts";

describe("the value of a cookie", () => {
	it.each([
		["a=1; edge_app=d0N", "d0N"],
		["edge_app=d0N", "d0N"],
		["a=1, edge_app=d0N", "d0N"],
		["a=1; b=2, edge_app=d0N; c=3", "d0N"],
		["edge_app=d0N, a=1", "d0N"],
		["xedge_app=d0N", null],
		["a=edge_app=d0N", null],
		['a="x, edge_app=d0N"', null],
		["edge_app", null],
		["", null],
		[null, null],
	])("in %j is %j", (header, value) => {
		expect(readCookie(header, "edge_app")).toBe(value);
	});

	it("names the pool's node with that tag, also in the second of two Cookie lines", () => {
		const pool = poolOf({ stickiness: "cookie" });
		expect(nodeOfCookie(pool, "a=1, edge_app=d0N")?.id).toBe("n1");
		expect(nodeOfCookie(pool, "a=1, edge_app=zzz")).toBeNull();
	});
});
