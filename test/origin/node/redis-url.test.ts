import { expect, test } from "vitest";
import { withoutCredentials } from "../../../origin/node/redis-url.ts";

test.each([
	["redis://user:word@host:6379/2", "redis://host:6379/2"],
	["rediss://host", "rediss://host"],
	["nonsense", "(not a URL)"],
])("%s is shown as %s", (url, shown) => {
	expect(withoutCredentials(url)).toBe(shown);
});
