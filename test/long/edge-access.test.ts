import { describe, expect, it } from "vitest";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

describe("a node with secrets", () => {
	const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

	it("serves an edge that has one of them, and refuses all other requests, both polling and upgrades", async () => {
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

	it("refuses an edge that has a wrong one, and no secret appears in a log or an answer", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1", secrets: ["right-secret-of-16-or-more"] }],
			edge: { nodeSecret: "wrong-secret-of-16-or-more" },
		});
		const answer = await secureFetch(rig.edge.https + HANDSHAKE);
		expect(answer.status).toBe(403);
		const visible = JSON.stringify([answer, rig.log, await rig.own("pools")]);
		expect(visible).not.toContain("wrong-secret-of-16-or-more");
		expect(visible).not.toContain("right-secret-of-16-or-more");
	});
});

describe("the client's address that a node receives", () => {
	const claims = { "x-forwarded-for": "6.6.6.6, 203.0.113.5", "cf-connecting-ip": "6.6.6.6" };
	async function forwardedAddress(rig: Rig) {
		const { body } = await secureFetch(`${rig.edge.https}/who`, { headers: claims });
		return (JSON.parse(body) as { headers: Record<string, string> }).headers["x-forwarded-for"];
	}

	it("is the peer of the socket, whatever the client's headers say", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		expect(await forwardedAddress(rig)).toBe("127.0.0.1");
	});

	it("is the last address that a trusted proxy in front wrote", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1" }],
			variables: { EDGE: { trusted_proxies: ["127.0.0.0/8"] } },
		});
		expect(await forwardedAddress(rig)).toBe("203.0.113.5");
	});
});

describe("a pool's address rules", () => {
	const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

	it("hold for every request of the pool, for the address that a trusted proxy reports", async () => {
		await using rig = await startRig({
			nodes: [{ id: "n1" }],
			pool: { allow: ["127.0.0.0/8", "203.0.113.0/24", "2001:db8::/32"], deny: ["203.0.113.66"] },
			variables: { EDGE: { trusted_proxies: ["127.0.0.1"] } },
		});
		const statusOf = async (path: string, address: string, method = "GET") => {
			const headers = { "x-forwarded-for": address };
			return (await secureFetch(rig.edge.https + path, { method, headers })).status;
		};
		for (const address of ["203.0.113.5", "2001:DB8::5", "::ffff:203.0.113.5"])
			expect([address, await statusOf("/who", address), await statusOf(HANDSHAKE, address)]).toEqual([
				address,
				200,
				200,
			]);
		for (const address of ["203.0.113.66", "::ffff:203.0.113.66", "198.51.100.1", "2001:db9::1"])
			for (const [path, method] of [
				["/who", "GET"],
				[HANDSHAKE, "GET"],
				[HANDSHAKE, "OPTIONS"],
				["/healthz", "GET"],
			] as const)
				expect([address, path, await statusOf(path, address, method)]).toEqual([address, path, 403]);
	});

	it("let a WebSocket through, or refuse it", async () => {
		for (const [rules, opens] of [
			[{ allow: ["127.0.0.1"] }, true],
			[{ deny: ["127.0.0.0/8"] }, false],
		] as const) {
			await using rig = await startRig({ nodes: [{ id: "n1" }], pool: rules });
			const connecting = rig.connect({ transports: ["websocket"], reconnection: false });
			expect(
				await connecting.then(
					() => true,
					() => false,
				),
			).toBe(opens);
		}
	});
});

describe("JSONP", () => {
	const JSONP = "/socket.io/?EIO=4&transport=polling&j=0";

	it("reads a session only where the pool allows it", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }], pool: { allow_jsonp: true } });
		expect((await secureFetch(rig.edge.https + JSONP)).body).toMatch(/^___eio\[0\]\("0\{/);
		await using strict = await startRig({ nodes: [{ id: "n1" }] });
		const { status, body } = await secureFetch(strict.edge.https + JSONP);
		expect([status, JSON.parse(body).code]).toEqual([403, 4]);
	});
});

describe("wrong tokens", () => {
	const ask = (rig: Rig, token: string) =>
		secureFetch(`${rig.edge.https}/__edge/pools`, { headers: { authorization: `Bearer ${token}` } });

	it("are delayed and refused, while the right one from the same address is answered at once, and the log names no token", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		const guesses = Array.from({ length: 60 }, (_, i) => ask(rig, `guess-number-${i}`));
		const from = performance.now();
		expect((await ask(rig, "rig-token")).status).toBe(200);
		const rightMs = performance.now() - from;
		const statuses = (await Promise.all(guesses)).map(({ status }) => status);
		const wrongMs = performance.now() - from;
		expect(new Set(statuses)).toEqual(new Set([401, 429]));
		expect(statuses.filter((status) => status === 401).length).toBeLessThan(12);
		// The fourth answer that waits does so for a second.
		expect(wrongMs).toBeGreaterThan(900);
		expect(rightMs).toBeLessThan(wrongMs);
		const { frontend } = (await rig.own("stats.json")) as { frontend: { counts: Record<string, number> } };
		expect(frontend.counts["failed_tokens"]).toBe(60);
		const lines = rig.log.filter((line) => line.includes("failed_token"));
		expect(lines.map((line) => JSON.parse(line))).toMatchObject([
			{ event: "failed_token", client: "127.0.0.0/24" },
		]);
		expect(rig.log.join()).not.toContain("guess-number");
	});

	it("whose clients leave while they wait do not block later answers", async () => {
		await using rig = await startRig({ nodes: [{ id: "n1" }] });
		const headers = { authorization: "Bearer guess-1234" };
		const leave = Array.from({ length: 12 }, () =>
			secureFetch(`${rig.edge.https}/__edge/pools`, { headers, limit: 60 }).catch(() => null),
		);
		await Promise.all(leave);
		await until(
			"a wrong token is answered with 401 again",
			async () => (await ask(rig, "guess-1234")).status === 401,
		);
	});
});
