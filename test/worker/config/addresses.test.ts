import { describe, expect, it } from "vitest";
import { isWithin } from "../../../worker/config/addresses.ts";

describe("isWithin", () => {
	it.each([
		["10.1.2.3", "10.0.0.0/8", true],
		["11.1.2.3", "10.0.0.0/8", false],
		["10.1.2.3", "10.1.2.3", true],
		["::ffff:10.1.2.3", "10.0.0.0/8", true],
		["2001:db8::5", "2001:db8::/32", true],
		["2001:db9::5", "2001:db8::/32", false],
		["::1", "::1", true],
		["10.1.2.3", "::/0", false],
		["300.1.1.1", "0.0.0.0/0", false],
		["nonsense", "10.0.0.0/8", false],
		["1:2:3:4:5:6:7:8:9", "::/0", false],
	])("of %s and %s is %s", (address, range, wanted) => {
		expect(isWithin(address, range)).toBe(wanted);
	});
});
