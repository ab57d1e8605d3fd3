import { expect, test } from "vitest";
import { ID_LIFETIME_MS, publishedIdsInMemory } from "../../../origin/node/published-ids.ts";

test("ids in memory are remembered for five minutes", async () => {
	let time = 0;
	const ids = publishedIdsInMemory(() => time);
	expect(await ids.claim("a")).toBe("mine");
	await ids.markPublished("a");
	time = ID_LIFETIME_MS - 1;
	expect(await ids.claim("a")).toBe("done");
	time = ID_LIFETIME_MS;
	expect(await ids.claim("a")).toBe("mine");
});
