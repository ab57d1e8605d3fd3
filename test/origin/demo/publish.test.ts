import { expect, test } from "vitest";
import { publishOnce } from "../../../origin/demo/publish.ts";
import { type Link, noLink } from "../../../origin/node/link.ts";
import { type Claim, memoryRepeats, REPEAT_TIME } from "../../../origin/node/published-ids.ts";
import { nameOf } from "../../../origin/node/redis-url.ts";

/** A link whose store gives `claim`, and loses what is stored when told. */
function linkWith(claim: () => Promise<Claim>, loses = false): Link & { settledIds: string[] } {
	const settledIds: string[] = [];
	let unsaved = 0;
	const settled = async () => {
		if (loses) unsaved += 1;
	};
	const repeats = { claim, settle: async (id: string) => void settledIds.push(id) };
	return { ...noLink(), repeats, settled, unsaved: () => unsaved, settledIds };
}

test.each<[string, () => Promise<Claim>, boolean, object, number, number]>([
	["new", async () => "mine", false, { ok: true, repeated: false }, 1, 1],
	["published before", async () => "done", false, { ok: true, repeated: true }, 0, 0],
	[
		"at another node",
		async () => "busy",
		false,
		{ ok: false, why: "another node is publishing this id" },
		0,
		0,
	],
	[
		"new, but the store is away",
		() => Promise.reject(new Error("away")),
		false,
		{ ok: false, why: "the store of the cluster is away" },
		0,
		0,
	],
	[
		"new, but not stored",
		async () => "mine",
		true,
		{ ok: false, why: "the store of the cluster is away" },
		1,
		0,
	],
])("an id that is %s", async (_, claim, loses, answer, emitted, settled) => {
	const link = linkWith(claim, loses);
	let emits = 0;
	const given = await publishOnce(link, "id", () => {
		emits += 1;
	});
	expect([given, emits, link.settledIds.length]).toEqual([answer, emitted, settled]);
});

test("a node's own memory drops repeats for five minutes and forgets them after", async () => {
	let time = 0;
	const repeats = memoryRepeats(() => time);
	expect(await repeats.claim("a")).toBe("mine");
	await repeats.settle("a");
	time = REPEAT_TIME - 1;
	expect(await repeats.claim("a")).toBe("done");
	time = REPEAT_TIME;
	expect(await repeats.claim("a")).toBe("mine");
});

test.each([
	["redis://user:word@host:6379/2", "redis://host:6379/2"],
	["rediss://host", "rediss://host"],
	["nonsense", "(no URL)"],
])("%s is shown as %s", (url, shown) => {
	expect(nameOf(url)).toBe(shown);
});
