import { describe, expect, it } from "vitest";
import { outwardLocation } from "../../../worker/forward/location.ts";
import { asked, poolOf } from "../support/pools.ts";

const node = poolOf().nodes[0]!;
const REQUEST = asked("GET", "/login");
const told = (status: number, location: string) =>
	outwardLocation(new Response(null, { status, headers: { location } }), node, REQUEST).headers.get(
		"location",
	);

describe("outwardLocation", () => {
	it.each([
		[302, `${node.url}/home?a=1`, "https://edge.test/home?a=1"],
		[308, node.url, "https://edge.test"],
		[301, "/home", "/home"],
		[301, "https://other.test/x", "https://other.test/x"],
		[302, `${node.url}1/x`, `${node.url}1/x`],
		[200, `${node.url}/home`, `${node.url}/home`],
	])("turns a %i to %s into one to %s", (status, location, wanted) => {
		expect(told(status, location)).toBe(wanted);
	});
});
