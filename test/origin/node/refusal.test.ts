import { expect, test } from "vitest";
import { refusal } from "../../../origin/node/refusal.ts";

test.each([
	[false, 0, 0, null],
	[false, 9_999, 0, null],
	[false, 99, 100, null],
	[false, 100, 100, "full"],
	[false, 101, 100, "full"],
	[true, 0, 0, "draining"],
	[true, 100, 100, "draining"],
])("draining %s with %i sessions of %i: %s", (draining, sessions, limit, word) => {
	expect(refusal(draining, sessions, limit)).toBe(word);
});
