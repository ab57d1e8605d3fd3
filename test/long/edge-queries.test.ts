import { Agent } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBareForward } from "../support/edge/bare-forward.ts";
import { cpuOf } from "../support/edge/cpu.ts";
import { POLLING } from "../support/edge/hostile/attack.ts";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { statusOf } from "../support/edge/secure-fetch.ts";

describe("62 KB of query", () => {
	const BYTES = 62_000;
	const REQUESTS = 40;
	/** workerd itself takes 10 to 15 ms for 62,000 parameters, also in a bare forward. */
	const MAX_ADDED_CPU_MS = 10;
	let rig: Rig;
	let bare: Awaited<ReturnType<typeof startBareForward>>;
	beforeAll(async () => {
		rig = await startRig({ nodes: [{ id: "n1" }] });
		bare = await startBareForward(rig.nodes[0]!.url);
	});
	afterAll(async () => {
		await bare[Symbol.asyncDispose]();
		await rig[Symbol.asyncDispose]();
	});

	/** Milliseconds of the proxy's CPU for one of these requests. */
	async function cpuPerRequest(
		{ https, pid }: { https: string; pid: number },
		query: string,
	): Promise<number> {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const url = `${https}${POLLING}&${query}`;
		for (let i = 0; i < 5; i++) expect(await statusOf(agent, url)).toBeGreaterThan(399);
		const before = await cpuOf(pid);
		for (let i = 0; i < REQUESTS; i++) await statusOf(agent, url);
		agent.destroy();
		return ((await cpuOf(pid)) - before) / REQUESTS;
	}

	it.each(["%", "%zz", "%&", "%zz&", "a=%c3%28&", "&", "a&", "+", "=+&", "sid=x&", ";", ";sid=%"])(
		"of %j again and again takes at most 10 ms of CPU more than in a bare forward (guard)",
		async (part) => {
			const query = part.repeat(BYTES / part.length);
			const [edge, forward] = [await cpuPerRequest(rig.edge, query), await cpuPerRequest(bare, query)];
			console.info(
				`62 KB of ${part}: ${edge.toFixed(2)} ms of CPU, ${forward.toFixed(2)} ms in a bare forward`,
			);
			expect(edge - forward).toBeLessThan(MAX_ADDED_CPU_MS);
		},
	);
});
