import { expect, test } from "vitest";
import { noCounts, Tally } from "../../../loadtest/record/tally.ts";

const HEAD = { transport: "websocket", path: "edge", seconds: 1 } as const;

test("a delta has what was counted since the last one, and nothing is left of it", () => {
	const tally = new Tally();
	expect(tally.take()).toBeNull();
	tally.counts.sent = 2;
	tally.fail("timeout", 3);
	tally.record("ack", 4, 1000);
	expect(tally.take()).toMatchObject({
		counts: { ...noCounts(), sent: 2 },
		errors: { timeout: 3 },
		windows: [{ metric: "ack", second: 4, histogram: { count: 1 } }],
	});
	expect(tally.take()).toBeNull();
});

test("an error alone makes a delta, and so does a time alone", () => {
	const tally = new Tally();
	tally.fail("timeout");
	expect(tally.take()).toMatchObject({ errors: { timeout: 1 }, windows: [] });
	tally.record("ack", 0, 5);
	expect(tally.take()).toMatchObject({ errors: {}, counts: noCounts() });
});

test("added deltas make the same load group as counting in one place, also through JSON", () => {
	const whole = new Tally();
	const sum = new Tally();
	for (let part = 0; part < 3; part++) {
		const worker = new Tally();
		for (const tally of [whole, worker]) {
			tally.counts.received += part;
			tally.fail(`kind_${part % 2}`);
			for (let i = 0; i < 50; i++) tally.record("ack", i % 3, 100 * part + i);
			tally.record("connect", 0, 900 + part);
		}
		sum.add(JSON.parse(JSON.stringify(worker.take())));
	}
	expect(sum.toGroup(HEAD)).toEqual(whole.toGroup(HEAD));
});

test("a load group's windows are in order, and add up to its histogram", () => {
	const tally = new Tally();
	for (const second of [2, 0, 1, 0]) tally.record("ack", second, 10);
	const { ack } = tally.toGroup(HEAD).metrics;
	expect(ack!.windows.map(({ second, histogram }) => [second, histogram.count])).toEqual([
		[0, 2],
		[1, 1],
		[2, 1],
	]);
	expect(ack!.histogram.count).toBe(4);
	expect(tally.whole("ack").count).toBe(4);
});

test("taking a load group changes nothing: it can be taken again, with more", () => {
	const tally = new Tally();
	tally.record("ack", 0, 10);
	expect(tally.toGroup(HEAD)).toEqual(tally.toGroup(HEAD));
	tally.record("ack", 0, 10);
	expect(tally.toGroup(HEAD).metrics.ack!.histogram.count).toBe(2);
});

test("up to five different texts of each kind of error go through deltas to the result", () => {
	const [worker, run] = [new Tally(), new Tally()];
	for (const text of ["a", "b", "a", ""]) worker.fail("kick", 1, text);
	run.add(worker.take()!);
	for (const text of ["b", "c", "d", "e", "f", "g"]) worker.fail("kick", 1, text);
	run.add(worker.take()!);
	const group = run.toGroup({ transport: "polling", path: "edge", seconds: 1 });
	expect(group.errors).toEqual({ kick: 10 });
	expect(group.samples).toEqual({ kick: ["a", "b", "c", "d", "e"] });
	expect(new Tally().toGroup({ transport: "polling", path: "edge", seconds: 1 })).not.toHaveProperty(
		"samples",
	);
});
