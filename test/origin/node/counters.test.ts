import { expect, test } from "vitest";
import { byteLength } from "../../../origin/node/counters.ts";

test.each([
	["héé", 5],
	[Buffer.alloc(7), 7],
	[new ArrayBuffer(8), 8],
	[undefined, 0],
])("the length of %j is %i bytes", (data, bytes) => {
	expect(byteLength(data)).toBe(bytes);
});
