import { describe, expect, it } from "vitest";
import {
	delayAfter,
	type FailedTokens,
	FORGET_AFTER_MS,
	FREE_TRIES,
	LONGEST_DELAY_MS,
	MAX_CLIENTS,
	MAX_WAITING,
	newFailedTokens,
	recordFailedToken,
} from "../../../worker/admin/failed-tokens.ts";

const NOW = Date.UTC(2026, 10, 27, 12);
const A = "192.0.2.1";

/** Records failures, each when the answer to the one before was sent, and returns the delays. */
function failuresInTurn(state: FailedTokens, times: number, address = A, from = NOW): (number | null)[] {
	let now = from;
	return Array.from({ length: times }, () => {
		const { delayMs } = recordFailedToken(state, address, now);
		now += delayMs ?? 0;
		return delayMs;
	});
}

describe("the answer to a wrong token", () => {
	it("is delayed after some free tries, by a time that doubles up to the longest", () => {
		expect(failuresInTurn(newFailedTokens(), 9)).toEqual([0, 0, 0, 125, 250, 500, 1000, 2000, 2000]);
		expect(delayAfter(5000)).toBe(LONGEST_DELAY_MS);
	});

	it("is refused while as many others of the client wait as may, and delayed again once one was sent", () => {
		const state = newFailedTokens();
		failuresInTurn(state, FREE_TRIES);
		const delays = Array.from({ length: MAX_WAITING + 3 }, () => recordFailedToken(state, A, NOW).delayMs);
		expect(delays).toEqual([125, 250, 500, 1000, null, null, null]);
		expect(recordFailedToken(state, A, NOW + 124).delayMs).toBeNull();
		expect(recordFailedToken(state, A, NOW + 125).delayMs).toBe(LONGEST_DELAY_MS);
	});

	it.each([
		["another address", "192.0.2.2", 0],
		["the same address as IPv4-mapped IPv6", "::ffff:192.0.2.1", 125],
	])("to %s", (_what, address, delay) => {
		const state = newFailedTokens();
		failuresInTurn(state, FREE_TRIES);
		expect(recordFailedToken(state, address, NOW).delayMs).toBe(delay);
	});

	it("is delayed for all addresses of one IPv6 /64, and not for another", () => {
		const state = newFailedTokens();
		for (let i = 1; i <= FREE_TRIES; i++) recordFailedToken(state, `2001:db8:0:1::${i}`, NOW);
		expect(recordFailedToken(state, "2001:db8:0:1:ffff::9", NOW).delayMs).toBe(125);
		expect(recordFailedToken(state, "2001:db8:0:2::1", NOW).delayMs).toBe(0);
	});

	it("is free again after a pause", () => {
		const state = newFailedTokens();
		failuresInTurn(state, 8);
		const later = NOW + FORGET_AFTER_MS + 10_000;
		expect(recordFailedToken(state, A, later).delayMs).toBe(0);
	});
});

describe("the memory for wrong tokens", () => {
	it("is bounded, and keeps the clients that failed last", () => {
		const state = newFailedTokens();
		failuresInTurn(state, FREE_TRIES);
		for (let i = 0; i < MAX_CLIENTS - 1; i++) recordFailedToken(state, `10.0.${i >> 8}.${i & 255}`, NOW);
		expect(recordFailedToken(state, A, NOW).delayMs).toBe(125);
		for (let i = 0; i < 300; i++) recordFailedToken(state, `10.9.${i >> 8}.${i & 255}`, NOW);
		expect(state.clients.size).toBe(MAX_CLIENTS);
		expect(state.clients.has(A)).toBe(true);
		expect(state.clients.has("10.0.0.0")).toBe(false);
	});

	it("of one client does not grow with its failures", () => {
		const state = newFailedTokens();
		for (let i = 0; i < 1000; i++) recordFailedToken(state, A, NOW + i);
		expect(JSON.stringify([...state.clients]).length).toBeLessThan(300);
	});
});

describe("the log of wrong tokens", () => {
	it("has one line per client and minute, with the failures since the last line", () => {
		const state = newFailedTokens();
		const counts = [0, 1, 59_999, 60_000, 60_001, 120_000].map(
			(at) => recordFailedToken(state, A, NOW + at).count,
		);
		expect(counts).toEqual([1, 0, 0, 3, 0, 2]);
		expect(recordFailedToken(state, "192.0.2.2", NOW + 1).count).toBe(1);
	});
});
