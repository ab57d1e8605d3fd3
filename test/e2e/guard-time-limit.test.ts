import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";

test("a session's request to a silent node is answered at the time limit, and the node's half of it is ended too", async () => {
	const silent = createServer();
	silent.listen(0, "127.0.0.1");
	await once(silent, "listening");
	const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
	await using edge = await startEdge({
		...(await edgeDefaults()),
		variables: { POOL_APP: { nodes: [{ id: "n1", url }], timeouts: { post: 1 } } },
	});
	// Kept alive, so that only the end of the request itself can end it at the node.
	const agent = new Agent({ keepAlive: true });
	const heard = (once(silent, "request") as Promise<[unknown, ServerResponse]>).then(([, response]) =>
		once(response, "close"),
	);
	const path = `/socket.io/?EIO=4&transport=polling&sid=${tagOf("n1")}AAAAAAAAAAAAAAAAA`;
	const sent = request(`${edge.https}${path}`, { method: "POST", agent, rejectUnauthorized: false });
	sent.end("40");
	const [answer] = await once(sent, "response");
	expect(answer.statusCode).toBe(400);
	expect(Buffer.concat(await answer.toArray()).toString()).toContain('"code":1');
	await heard;
	agent.destroy();
	silent.closeAllConnections();
	silent.close();
});
