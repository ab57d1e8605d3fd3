import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueAfter, messagesOf } from "../../../../loadtest/k6/script/schedule.ts";
import { shareOf } from "../../../../loadtest/plan/schedule.ts";

describe("a client's schedule", () => {
	it("equals the swarm's even schedule, client by client", () => {
		const plan = fc.record({
			clients: fc.integer({ min: 1, max: 20 }),
			rate: fc.integer({ min: 1, max: 300 }),
		});
		fc.assert(
			fc.property(plan, ({ clients, rate }) => {
				const duration = 2;
				const swarm = dueTimes(clients, rate, duration);
				for (let client = 0; client < clients; client++) {
					const share = { client, clients, rate, duration };
					const own = Array.from({ length: messagesOf(share) }, (_, i) => dueAfter(share, i));
					expect(own.length).toBe(swarm[client]!.length);
					for (const [i, due] of own.entries()) expect(due).toBeCloseTo(swarm[client]![i]!, 6);
				}
			}),
		);
	});
});

/** When the messages of each client are due in the swarm, ms. */
function dueTimes(clients: number, rate: number, duration: number): number[][] {
	const times: number[][] = Array.from({ length: clients }, () => []);
	for (const { client, at } of shareOf({ arrivals: "uniform", rate, grain: 0, seed: 1 }, clients, 0, 1)) {
		if (at >= duration * 1e6) return times;
		times[client]!.push(at / 1000);
	}
	return times;
}
