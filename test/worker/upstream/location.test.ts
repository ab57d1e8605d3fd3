import { describe, expect, it } from "vitest";
import { withPublicLocation } from "../../../worker/upstream/location.ts";
import { parsed, poolOf } from "../support/pools.ts";

const node = poolOf().nodes[0]!;
const REQUEST = parsed("GET", "/login");
const locationOf = (status: number, location: string) =>
	withPublicLocation(new Response(null, { status, headers: { location } }), node, REQUEST).headers.get(
		"location",
	);

describe("the Location that a client gets", () => {
	it.each([
		[302, `${node.url}/home?a=1`, "https://edge.test/home?a=1"],
		[308, node.url, "https://edge.test"],
		[301, "/home", "/home"],
		[301, "https://other.test/x", "https://other.test/x"],
		[302, `${node.url}1/x`, `${node.url}1/x`],
		[200, `${node.url}/home`, `${node.url}/home`],
	])("of a %i to %s is %s", (status, location, wanted) => {
		expect(locationOf(status, location)).toBe(wanted);
	});
});
