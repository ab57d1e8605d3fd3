import { afterEach, describe, expect, it, vi } from "vitest";
import { DeadlineExceeded, withDeadline } from "../../../worker/upstream/send.ts";

afterEach(() => vi.useRealTimers());

describe("work with a deadline", () => {
	it("passes on the result of work that settles in time, and never aborts its signal", async () => {
		vi.useFakeTimers();
		let signal: AbortSignal | undefined;
		const result = await withDeadline(20, async (given) => {
			signal = given;
			return 7;
		});
		expect(result).toBe(7);
		await vi.advanceTimersByTimeAsync(60);
		expect(signal?.aborted).toBe(false);
	});

	it("passes on the error of work that fails in time", async () => {
		await expect(withDeadline(1000, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
	});

	it("rejects and aborts the signal when the time is over, even if the work ignores the signal", async () => {
		let signal: AbortSignal | undefined;
		const work = withDeadline(10, (given) => {
			signal = given;
			return new Promise(() => {});
		});
		await expect(work).rejects.toBeInstanceOf(DeadlineExceeded);
		expect(signal?.aborted).toBe(true);
	});

	it("ignores an error that the work reports after its deadline", async () => {
		const work = withDeadline(
			10,
			(signal) =>
				new Promise((_resolve, reject) =>
					signal.addEventListener("abort", () => reject(new Error("aborted"))),
				),
		);
		await expect(work).rejects.toBeInstanceOf(DeadlineExceeded);
	});
});
