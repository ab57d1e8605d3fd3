import { expect, test } from "vitest";
import { Deliveries } from "../../../../loadtest/clients/activities/deliveries.ts";
import { isProbe } from "../../../../loadtest/clients/activities/fanout.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";

const never = new AbortController().signal;

test("each message that all received has a first, median and last recipient", async () => {
	const tally = new Tally();
	const deliveries = new Deliveries(3, [0, 0], tally);
	for (const [subscriber, us] of [100, 300, 200].entries()) deliveries.receive(subscriber, 0, us);
	deliveries.receive(0, 1, 70);
	await deliveries.complete(1000, never);
	deliveries.count(tally);
	expect(tally.whole("fanout_first").max).toBe(100);
	expect(tally.whole("fanout_median").quantile(1)).toBe(200);
	expect(tally.whole("fanout_last").count).toBe(1);
	expect(tally.whole("fanout_last").max).toBe(300);
	expect(tally.counts).toMatchObject({ due: 6, sent: 6, received: 4, lost: 2 });
});

test("a message that this slot never had, such as one that was garbled, changes nothing", async () => {
	const tally = new Tally();
	const deliveries = new Deliveries(1, [0], tally);
	for (const seq of [1, -1, 0.5, Number.NaN]) deliveries.receive(0, seq, 1);
	deliveries.receive(0, 0, 5);
	await deliveries.complete(1_000_000, never);
	deliveries.count(tally);
	expect(tally.counts).toMatchObject({ due: 1, received: 1, lost: 0, doubled: 0, reordered: 0 });
});

test("a message received twice is doubled, one that overtakes is reordered, and warm-up does not count", () => {
	const tally = new Tally();
	const deliveries = new Deliveries(1, [-1, 0, 0], null);
	deliveries.receive(0, 0, 1);
	deliveries.receive(0, 0, 1);
	deliveries.receive(0, 2, 1);
	deliveries.receive(0, 1, 1);
	deliveries.receive(0, 1, 1);
	deliveries.count(tally);
	expect(tally.counts).toMatchObject({ due: 2, received: 2, lost: 0, doubled: 1, reordered: 1 });
});

test.each([
	[100, 20],
	[7, 3],
	[5, 20],
])(
	"with %i clients, %i probes are spread over the join order, including the last and never the publisher",
	(clients, probes) => {
		const chosen = Array.from({ length: clients }, (_, n) => n).filter((n) =>
			isProbe({ clients, probes }, n),
		);
		expect(chosen).toHaveLength(Math.min(probes, clients - 1));
		expect(chosen).not.toContain(0);
		expect(chosen.at(-1)).toBe(clients - 1);
		const gaps = chosen.map((n, i) => n - (chosen[i - 1] ?? 0));
		expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
	},
);
