/** The control: where stickiness is missing the suite must fail, or its passing elsewhere would prove nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checksFor } from "../behaviour.ts";
import { Clients } from "../support/behaviour/clients.ts";
import { nodesInTurn, type Target } from "../support/behaviour/targets.ts";

describe("three nodes behind a proxy that knows no sessions", () => {
	let target: Target;
	beforeAll(async () => {
		target = await nodesInTurn();
	});
	afterAll(() => target?.[Symbol.asyncDispose]());

	describe.each(["polling", "upgrade"] as const)("by %s", (transport) => {
		test.each(checksFor(transport))("it is not true that $title", async ({ run }) => {
			using clients = new Clients(target, transport);
			await expect(run(clients)).rejects.toMatchObject({
				message: expect.stringMatching(/^xhr (poll|post) error$/),
				description: 400,
			});
		});
	});

	test("what the nodes answer to another node's session is Engine.IO's code 1", async () => {
		const polling = `${target.urls[0]}/socket.io/?EIO=4&transport=polling`;
		const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
		const answer = await fetch(`${polling}&sid=${sid}`);
		expect([answer.status, await answer.json()]).toEqual([400, { code: 1, message: "Session ID unknown" }]);
	});

	// The whole session is one request to the proxy, so it is not the proxy that breaks the checks above.
	describe.each(["websocket", "flashsocket"] as const)("by %s", (transport) => {
		// This one asks for the session by polling, beside the socket.
		const alone = checksFor(transport).filter(({ title }) => !title.includes("is forgotten by its node"));
		test.each(alone)("still, $title", async ({ run }) => {
			using clients = new Clients(target, transport);
			await run(clients);
		});
	});
});
