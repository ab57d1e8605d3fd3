import { expect, test } from "vitest";
import type { ClusterNode } from "../../../origin/cluster/messages.ts";
import { createRoll, type ReplaceableNode } from "../../../origin/cluster/roll.ts";

const nodeOf = (id: string): ClusterNode => ({ id, url: "http://127.0.0.1:1", tlsUrl: null, pid: 1 });
const replaceable = (id: string): ReplaceableNode => ({ replace: async () => nodeOf(id) });
const THREE = ["n1", "n2", "n3"].map(replaceable);
const NEVER = new AbortController().signal;

test("a roll replaces the nodes in order and yields each new one", async () => {
	const replaced = [];
	for await (const { id } of createRoll(THREE, 0)(NEVER)) replaced.push(id);
	expect(replaced).toEqual(["n1", "n2", "n3"]);
});

test("an aborted roll replaces no further node", async () => {
	const stop = new AbortController();
	const replaced = [];
	for await (const { id } of createRoll(THREE, 0)(stop.signal)) {
		replaced.push(id);
		stop.abort();
	}
	expect(replaced).toEqual(["n1"]);
});

test("a second roll is refused while one is in progress, and accepted after it", async () => {
	const roll = createRoll(THREE, 0);
	const first = roll(NEVER);
	await first.next();
	await expect(roll(NEVER).next()).rejects.toThrow("a roll is already in progress");
	await first.return(undefined);
	expect((await roll(NEVER).next()).value).toEqual(nodeOf("n1"));
});

test("a roll stops at the first node that does not start, and can be repeated", async () => {
	let attempts = 0;
	const broken = {
		replace: async () => {
			attempts += 1;
			throw new Error("node n1 did not start");
		},
	};
	const roll = createRoll([broken, ...THREE], 0);
	for (const attempt of [1, 2]) {
		await expect(roll(NEVER).next()).rejects.toThrow("the roll stopped: node n1 did not start");
		expect(attempts).toBe(attempt);
	}
});
