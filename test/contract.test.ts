/** Both sides of the edge–node contract: what a node mints and says is what the edge reads. */
import { expect, test } from "vitest";
import { startNode } from "../origin/cluster/node.ts";
import { planCluster } from "../origin/cluster/plan.ts";
import { mintSid } from "../origin/node/sessions.ts";
import {
	DEFAULT_HEALTH_PATH,
	HEADERS,
	type NodeHealth,
	readHealth,
	SID_LENGTH,
	TAG,
	TAG_VECTORS,
	tagOf,
} from "../worker/contract.ts";

const HEALTH: NodeHealth = {
	schema: 1,
	node: "n1",
	tag: "d0N",
	boot: "abc",
	state: "ready",
	sessions: 3,
	limit: 0,
	transports: { polling: 1, websocket: 2, flashsocket: 0 },
	opened: 5,
	closed: { "transport close": 2 },
};

test.each(TAG_VECTORS)("the tag of %s is %s", (id, tag) => {
	expect(tagOf(id)).toBe(tag);
	expect(tag).toMatch(TAG);
});

test("a session id is its node's tag and 17 random characters", () => {
	const ids = Array.from({ length: 1000 }, () => mintSid("d0N"));
	for (const id of ids) expect(id).toMatch(/^d0N[A-Za-z0-9_-]{17}$/);
	expect(ids[0]).toHaveLength(SID_LENGTH);
	expect(new Set(ids).size).toBe(ids.length);
});

test.each<[string, unknown]>([
	["a node that is well", HEALTH],
	["fields that this edge does not know", { ...HEALTH, later: true }],
	["a node that drains", { ...HEALTH, state: "draining" }],
	["a node that is full", { ...HEALTH, state: "full", limit: 3 }],
	["a node that nobody left yet", { ...HEALTH, closed: {} }],
])("health is read: %s", (_, body) => {
	expect(readHealth(body)).toEqual(body);
});

test.each<[string, unknown, string]>([
	["text", "ok", "the body is not a JSON object"],
	["nothing", null, "the body is not a JSON object"],
	["another schema", { ...HEALTH, schema: 2 }, "schema is 2, this edge reads 1"],
	["no schema", { ...HEALTH, schema: undefined }, "schema is undefined, this edge reads 1"],
	["no node", { ...HEALTH, node: undefined }, "node is not a string"],
	["a tag that is a number", { ...HEALTH, tag: 1 }, "tag is not a string"],
	["no boot", { ...HEALTH, boot: null }, "boot is not a string"],
	["a word that is none", { ...HEALTH, state: "fine" }, 'state is "fine", not one of ready, draining, full'],
	["sessions below zero", { ...HEALTH, sessions: -1 }, "sessions is not a whole number of 0 or more"],
	["half a session", { ...HEALTH, sessions: 0.5 }, "sessions is not a whole number of 0 or more"],
	["a limit in words", { ...HEALTH, limit: "10" }, "limit is not a whole number of 0 or more"],
	["no count of opened", { ...HEALTH, opened: undefined }, "opened is not a whole number of 0 or more"],
	["no transports", { ...HEALTH, transports: null }, "transports is not an object of whole numbers"],
	[
		"reasons that are not counted",
		{ ...HEALTH, closed: { x: "1" } },
		"closed is not an object of whole numbers",
	],
])("health is refused with a sentence that names the field: %s", (_, body, sentence) => {
	expect(readHealth(body)).toBe(sentence);
});

test("a real node's answer is health, of its own name and tag", async () => {
	const node = await startNode(planCluster({ nodes: 1, port: 0 }).nodes[0]!);
	try {
		const address = `http://127.0.0.1:${node.port}`;
		const answer = await fetch(address + DEFAULT_HEALTH_PATH);
		expect([answer.status, answer.headers.get(HEADERS.node)]).toEqual([200, "n1"]);
		const body = await answer.json();
		expect(readHealth(body)).toBe(body);
		expect(body).toMatchObject({ node: "n1", tag: tagOf("n1"), state: "ready", sessions: 0 });
		const open = await (await fetch(`${address}/socket.io/?EIO=4&transport=polling`)).text();
		expect(JSON.parse(open.slice(1)).sid.slice(0, 3)).toBe(tagOf("n1"));
	} finally {
		await node.stop();
	}
});
