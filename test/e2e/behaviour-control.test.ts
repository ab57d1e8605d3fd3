/** The control: without stickiness the suite must fail, or its success elsewhere would prove nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checksFor } from "../behaviour.ts";
import { Clients } from "../support/behaviour/clients.ts";
import { nodesInTurn, type Target } from "../support/behaviour/targets.ts";

describe("behind a proxy without stickiness, three nodes", () => {
	let target: Target;
	beforeAll(async () => {
		target = await nodesInTurn();
	});
	afterAll(() => target?.[Symbol.asyncDispose]());

	describe.each(["polling", "upgrade"] as const)("over %s", (transport) => {
		test.each(checksFor(transport))("fail the check: $title", async ({ run }) => {
			using clients = new Clients(target, transport);
			await expect(run(clients)).rejects.toMatchObject({
				message: expect.stringMatching(/^xhr (poll|post) error$/),
				description: 400,
			});
		});
	});

	test("answer code 1 to requests of each other's sessions", async () => {
		const polling = `${target.urls[0]}/socket.io/?EIO=4&transport=polling`;
		const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
		const answer = await fetch(`${polling}&sid=${sid}`);
		expect([answer.status, await answer.json()]).toEqual([400, { code: 1, message: "Session ID unknown" }]);
	});

	// A WebSocket session is one request to the proxy. That these pass shows that the proxy itself works.
	describe.each(["websocket", "flashsocket"] as const)("over %s", (transport) => {
		// The left-out check sends a polling request of the session beside the socket.
		const alone = checksFor(transport).filter(({ title }) => !title.includes("is removed from its node"));
		test.each(alone)("pass the check: $title", async ({ run }) => {
			using clients = new Clients(target, transport);
			await run(clients);
		});
	});
});
