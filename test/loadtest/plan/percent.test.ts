import { expect, test } from "vitest";
import { percent, ValueError } from "../../../loadtest/plan/values.ts";

test.each([
	["1 %", 1],
	["1%", 1],
	["0.5", 0.5],
	[".5 %", 0.5],
	["0", 0],
	["100%", 100],
])("the percentage %j is read as %d", (text, value) => {
	expect(percent.read(text, undefined)).toBe(value);
});

test.each(["", "%", "-1", "101", "1e3", "1 percent", "1 %%", "NaN"])(
	"%j is refused as a percentage",
	(text) => {
		expect(() => percent.read(text, undefined)).toThrow(ValueError);
	},
);
