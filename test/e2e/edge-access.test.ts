import { describe, expect, it } from "vitest";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

describe("nodes with secrets", () => {
	const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

	it("serve the edge that knows one of them, and refuse everybody else, polling and upgrade alike", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1", secrets: ["old-secret-of-16-or-more", "new-secret-of-16-or-more"] }],
			edge: { nodeSecret: "new-secret-of-16-or-more" },
		});
		const socket = await rig.connect({ transports: ["polling", "websocket"] });
		expect(await socket.timeout(3000).emitWithAck("echo", 1)).toBe(1);
		for (const claim of [{}, { "x-edge-auth": "guess" }]) {
			const direct = await secureFetch(rig.nodes[0]!.url + HANDSHAKE, { headers: claim });
			expect(direct.status).toBe(403);
			const upgrade = await secureFetch(`${rig.nodes[0]!.url}/socket.io/?EIO=4&transport=websocket`, {
				headers: {
					...claim,
					connection: "Upgrade",
					upgrade: "websocket",
					"sec-websocket-version": "13",
					"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
				},
			});
			expect(upgrade.status).toBe(403);
		}
	});

	it("are found out when the edge has the wrong one, and the secret is in no log and no answer", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1", secrets: ["right-secret-of-16-or-more"] }],
			edge: { nodeSecret: "wrong-secret-of-16-or-more" },
		});
		const answer = await secureFetch(rig.edge.https + HANDSHAKE);
		expect(answer.status).toBe(403);
		const seen = JSON.stringify([answer, rig.log, await rig.own("pools")]);
		expect(seen).not.toContain("wrong-secret-of-16-or-more");
		expect(seen).not.toContain("right-secret-of-16-or-more");
	});
});

describe("the client's address", () => {
	const claims = { "x-forwarded-for": "6.6.6.6, 203.0.113.5", "cf-connecting-ip": "6.6.6.6" };
	async function seen(rig: Rig) {
		const { body } = await secureFetch(`${rig.edge.https}/who`, { headers: claims });
		return (JSON.parse(body) as { headers: Record<string, string> }).headers["x-forwarded-for"];
	}

	it("is the socket's peer, whatever the client claims", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		expect(await seen(rig)).toBe("127.0.0.1");
	});

	it("is what a trusted proxy in front wrote last", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1" }],
			variables: { EDGE: { trusted_proxies: ["127.0.0.0/8"] } },
		});
		expect(await seen(rig)).toBe("203.0.113.5");
	});
});
