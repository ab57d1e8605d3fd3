/** Both sides of the edge–node contract: the edge can read the session ids and health reports that a node makes. */
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

test("a session id consists of its node's tag and 17 random characters", () => {
	const ids = Array.from({ length: 1000 }, () => mintSid("d0N"));
	for (const id of ids) expect(id).toMatch(/^d0N[A-Za-z0-9_-]{17}$/);
	expect(ids[0]).toHaveLength(SID_LENGTH);
	expect(new Set(ids).size).toBe(ids.length);
});

test.each<[string, unknown]>([
	["of a ready node", HEALTH],
	["with unknown fields", { ...HEALTH, later: true }],
	["of a node that drains", { ...HEALTH, state: "draining" }],
	["of a full node", { ...HEALTH, state: "full", limit: 3 }],
	["of a node without closed sessions", { ...HEALTH, closed: {} }],
])("a health report %s is read", (_, body) => {
	expect(readHealth(body)).toEqual(body);
});

test.each<[string, unknown, string]>([
	["that is text", "ok", "the body is not a JSON object"],
	["that is null", null, "the body is not a JSON object"],
	["with another schema", { ...HEALTH, schema: 2 }, "schema is 2, this edge reads 1"],
	["without schema", { ...HEALTH, schema: undefined }, "schema is undefined, this edge reads 1"],
	["without node", { ...HEALTH, node: undefined }, "node is not a string"],
	["with a number as tag", { ...HEALTH, tag: 1 }, "tag is not a string"],
	["without boot", { ...HEALTH, boot: null }, "boot is not a string"],
	[
		"with an unknown state",
		{ ...HEALTH, state: "fine" },
		'state is "fine", not one of ready, draining, full',
	],
	["with negative sessions", { ...HEALTH, sessions: -1 }, "sessions is not a whole number of 0 or more"],
	["with half a session", { ...HEALTH, sessions: 0.5 }, "sessions is not a whole number of 0 or more"],
	["with a limit as text", { ...HEALTH, limit: "10" }, "limit is not a whole number of 0 or more"],
	["without opened", { ...HEALTH, opened: undefined }, "opened is not a whole number of 0 or more"],
	["without transports", { ...HEALTH, transports: null }, "transports is not an object of whole numbers"],
	[
		"with text as a count of closed sessions",
		{ ...HEALTH, closed: { x: "1" } },
		"closed is not an object of whole numbers",
	],
])("a health report %s is rejected with a sentence that names the field", (_, body, sentence) => {
	expect(readHealth(body)).toBe(sentence);
});

test("a real node's health report can be read, and has its id and tag", async () => {
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
