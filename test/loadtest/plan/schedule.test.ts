import { expect, test } from "vitest";
import { type DueMessage, schedule, shareOf } from "../../../loadtest/plan/schedule.ts";

function first<T>(count: number, from: Iterator<T>): T[] {
	return Array.from({ length: count }, () => from.next().value as T);
}

test("uniform arrivals are one gap apart and begin at half a gap", () => {
	expect(first(3, schedule({ arrivals: "uniform", rate: 1000, grain: 0, seed: 1 }))).toEqual([
		500, 1500, 2500,
	]);
});

test("poisson arrivals keep the rate on average and spread like an exponential", () => {
	const due = first(20_000, schedule({ arrivals: "poisson", rate: 1000, grain: 0, seed: 7 }));
	const gaps = due.map((at, i) => at - (due[i - 1] ?? 0));
	const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
	const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
	expect(mean).toBeGreaterThan(980);
	expect(mean).toBeLessThan(1020);
	expect(deviation / mean).toBeGreaterThan(0.97);
	expect(deviation / mean).toBeLessThan(1.03);
});

test("the same seed gives the same arrivals, another seed different ones", () => {
	const options = { arrivals: "poisson", rate: 50, grain: 0, seed: 3 } as const;
	expect(first(9, schedule(options))).toEqual(first(9, schedule(options)));
	expect(first(9, schedule(options))).not.toEqual(first(9, schedule({ ...options, seed: 4 })));
});

test("the workers' shares together are the whole schedule, with each message once", () => {
	const options = { arrivals: "poisson", rate: 100, grain: 0, seed: 5 } as const;
	const clients = 7;
	const whole = first(300, shareOf(options, clients, 0, 1));
	const last = whole.at(-1)!.at;
	const shares = [0, 1, 2].flatMap((worker) => upTo(last, shareOf(options, clients, worker, 3)));
	expect(shares.sort((a, b) => a.at - b.at)).toEqual(whole);
	expect(new Set(whole.map(({ client }) => client)).size).toBe(clients);
});

function upTo(last: number, from: Iterator<DueMessage>): DueMessage[] {
	const some: DueMessage[] = [];
	for (let due = from.next().value as DueMessage; due.at <= last; due = from.next().value as DueMessage)
		some.push(due);
	return some;
}

test("on a grid each message is due at the nearest grid time, as many as without", () => {
	const options = { arrivals: "uniform", rate: 1000, seed: 1 } as const;
	const even = first(1000, schedule({ ...options, grain: 0 }));
	const batched = first(1000, schedule({ ...options, grain: 20 }));
	expect(batched.every((at) => at % 20_000 === 0)).toBe(true);
	expect(Math.max(...batched.map((at, i) => Math.abs(at - even[i]!)))).toBeLessThanOrEqual(10_000);
	const batches = Map.groupBy(batched.slice(10, -10), (at) => at);
	expect([...batches.values()].slice(1, -1).every(({ length }) => length === 20)).toBe(true);
});

test("poisson arrivals stay poisson on a grid: the variance of a batch's size equals its mean", () => {
	const grid = 20_000;
	const due = first(40_000, schedule({ arrivals: "poisson", rate: 1000, grain: 20, seed: 7 }));
	const sizes = Array.from({ length: Math.floor(due.at(-1)! / grid) }, () => 0);
	for (const at of due) if (at / grid < sizes.length) sizes[at / grid]! += 1;
	const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
	const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
	expect(mean).toBeGreaterThan(19.6);
	expect(mean).toBeLessThan(20.4);
	expect(variance / mean).toBeGreaterThan(0.9);
	expect(variance / mean).toBeLessThan(1.1);
	const together = sizes.slice(1).reduce((sum, size, i) => sum + (size - mean) * (sizes[i]! - mean), 0);
	expect(Math.abs(together / sizes.length / variance)).toBeLessThan(0.07);
});
