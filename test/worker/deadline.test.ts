import { afterEach, describe, expect, it, vi } from "vitest";
import { DeadlineExceeded, withDeadline } from "../../worker/deadline.ts";

afterEach(() => vi.useRealTimers());

describe("work with a deadline", () => {
	it("passes on the result of work that settles in time, and never aborts", async () => {
		vi.useFakeTimers();
		const controller = new AbortController();
		expect(await withDeadline(20, Promise.resolve(7), controller)).toBe(7);
		await vi.advanceTimersByTimeAsync(60);
		expect(controller.signal.aborted).toBe(false);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("passes on the error of work that fails in time, and never aborts", async () => {
		vi.useFakeTimers();
		const controller = new AbortController();
		const work = Promise.reject(new Error("broken"));
		await expect(withDeadline(1000, work, controller)).rejects.toThrow("broken");
		expect(vi.getTimerCount()).toBe(0);
		expect(controller.signal.aborted).toBe(false);
	});

	it("rejects and aborts when the time is over, even if the work ignores the signal", async () => {
		const controller = new AbortController();
		const result = withDeadline(10, new Promise(() => {}), controller);
		await expect(result).rejects.toBeInstanceOf(DeadlineExceeded);
		expect(controller.signal.aborted).toBe(true);
	});

	it("rejects when the time is over without anything to abort", async () => {
		await expect(withDeadline(10, new Promise(() => {}))).rejects.toBeInstanceOf(DeadlineExceeded);
	});

	it("ignores an error that the work reports after its deadline", async () => {
		const controller = new AbortController();
		const work = new Promise((_resolve, reject) =>
			controller.signal.addEventListener("abort", () => reject(new Error("aborted"))),
		);
		await expect(withDeadline(10, work, controller)).rejects.toBeInstanceOf(DeadlineExceeded);
	});
});
