import { expect, test } from "vitest";
import { publishOnce } from "../../../origin/demo/publish.ts";
import { type Link, noLink } from "../../../origin/node/link.ts";
import type { Claim } from "../../../origin/node/published-ids.ts";

/** A link with the given `claim`; with `loses` everything sent fails to be stored. */
function linkWith(claim: () => Promise<Claim>, loses = false): Link & { markedIds: string[] } {
	const markedIds: string[] = [];
	let unsaved = 0;
	const flush = async () => {
		if (loses) unsaved += 1;
	};
	const publishedIds = { claim, markPublished: async (id: string) => void markedIds.push(id) };
	return { ...noLink(), publishedIds, flush, unsaved: () => unsaved, markedIds };
}

test.each<[string, () => Promise<Claim>, boolean, object, number, number]>([
	["new", async () => "mine", false, { ok: true, repeated: false }, 1, 1],
	["published before", async () => "done", false, { ok: true, repeated: true }, 0, 0],
	[
		"being published by another node",
		async () => "busy",
		false,
		{ ok: false, why: "another node is publishing this id" },
		0,
		0,
	],
	[
		"new while the store is unavailable",
		() => Promise.reject(new Error("unavailable")),
		false,
		{ ok: false, why: "the cluster's store is unavailable" },
		0,
		0,
	],
	[
		"new but cannot be stored",
		async () => "mine",
		true,
		{ ok: false, why: "the cluster's store is unavailable" },
		1,
		0,
	],
])("publishing an id that is %s", async (_, claim, loses, expected, emitted, marked) => {
	const link = linkWith(claim, loses);
	let emits = 0;
	const answer = await publishOnce(link, "id", () => {
		emits += 1;
	});
	expect([answer, emits, link.markedIds.length]).toEqual([expected, emitted, marked]);
});
