import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EchoDriver } from "../../../../loadtest/clients/activities/echo-driver.ts";
import type { Client } from "../../../../loadtest/clients/client/client.ts";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";

const OPTIONS = { ack: "", ackMatch: "", ackTimeout: 10 };
const MESSAGE = { event: "echo", args: () => [""] };

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** A client that keeps its messages' callbacks, so that the test decides when each is answered. */
function fakeClient() {
	const answers: (() => void)[] = [];
	const fake = {
		isOpen: true,
		sent: 0,
		newest: 0,
		/** The last steps taken: a message is held while it is prepared, and released when it is due. */
		steps: [] as string[],
		tryHold() {
			fake.steps.push("hold");
			return true;
		},
		release: () => fake.steps.push("release"),
		answeredAt: () => nowUs(),
		send(_message: unknown, answered: () => void) {
			fake.sent += 1;
			fake.steps.push("send");
			answers.push(answered);
		},
	};
	return { client: fake as unknown as Client, answers, fake };
}

function driver() {
	const tally = new Tally();
	const sends = { due: 0, sent: 0, late: 0, waited: 0 };
	return { driver: new EchoDriver(OPTIONS, tally, sends), tally, sends };
}

test("response time runs from the due time, service time from the send", () => {
	const { driver: echo, tally } = driver();
	const { client, answers } = fakeClient();
	echo.prepare(client, MESSAGE, nowUs() - 3000, 0)();
	vi.advanceTimersByTime(2);
	answers[0]!();
	expect(tally.whole("ack").max).toBeGreaterThanOrEqual(5000);
	expect(tally.whole("ack_service").max).toBeLessThan(5000);
	expect(tally.whole("ack_service").max).toBeGreaterThanOrEqual(2000);
	expect(tally.counts).toMatchObject({ due: 1, sent: 1, received: 1, late: 0 });
});

test("a message is encoded when it is prepared, and leaves when it is due", () => {
	const { driver: echo, tally } = driver();
	const { client, answers, fake } = fakeClient();
	const send = echo.prepare(client, MESSAGE, nowUs() + 1000, 0);
	expect(fake.steps).toEqual(["hold", "send"]);
	expect(tally.counts.sent).toBe(0);
	vi.advanceTimersByTime(1);
	send();
	expect(fake.steps).toEqual(["hold", "send", "release"]);
	vi.advanceTimersByTime(3);
	answers[0]!();
	expect(tally.whole("ack_service").max).toBeGreaterThanOrEqual(2990);
	expect(tally.whole("ack_service").max).toBeLessThan(3500);
});

test("a message behind one that is still held is encoded when it is due", () => {
	const { driver: echo } = driver();
	const { client, fake } = fakeClient();
	fake.tryHold = () => false;
	const send = echo.prepare(client, MESSAGE, nowUs(), 0);
	expect(fake.steps).toEqual([]);
	send();
	expect(fake.steps).toEqual(["send"]);
});

test("an answer after the timeout is lost, although no sweep came before it", () => {
	const { driver: echo, tally } = driver();
	const { client, answers } = fakeClient();
	for (let i = 0; i < 2; i++) echo.prepare(client, MESSAGE, nowUs(), 0)();
	vi.advanceTimersByTime(9999);
	answers[0]!();
	vi.advanceTimersByTime(2);
	answers[1]!();
	expect(tally.counts).toMatchObject({ received: 1, lost: 1, timedOut: 1 });
	expect(tally.whole("ack_service").max).toBe(10_000_000);
});

test("a missing answer by event leaves the others unmatched unless they name their message, in warm-up too", async () => {
	for (const [ackMatch, unmatched] of [
		["", 1],
		["0.id", undefined],
	] as const) {
		const tally = new Tally();
		const sends = { due: 0, sent: 0, late: 0, waited: 0 };
		const echo = new EchoDriver({ ...OPTIONS, ack: "said", ackMatch }, tally, sends);
		const { client } = fakeClient();
		echo.prepare(client, MESSAGE, nowUs(), -1)();
		client.isOpen = false;
		await echo.drained();
		expect(tally.errors["answers_unmatched"]).toBe(unmatched);
		expect(tally.counts.lost).toBe(0);
	}
});

test("a message more than 5 ms late is counted as late", () => {
	const { driver: echo, tally, sends } = driver();
	echo.prepare(fakeClient().client, MESSAGE, nowUs() - 6000, 0)();
	expect(tally.counts.late).toBe(1);
	expect(sends).toEqual({ due: 1, sent: 1, late: 1, waited: 0 });
});

test("nothing is sent while the client is disconnected or missing: the message is due, but not sent", () => {
	const { driver: echo, tally } = driver();
	const { client, answers } = fakeClient();
	client.isOpen = false;
	echo.prepare(client, MESSAGE, nowUs(), 0)();
	echo.prepare(null, MESSAGE, nowUs(), 0)();
	expect(answers).toEqual([]);
	expect(tally.counts).toMatchObject({ due: 2, sent: 0 });
});

test("warm-up counts for the self-check only", () => {
	const { driver: echo, tally, sends } = driver();
	const { client, answers } = fakeClient();
	echo.prepare(client, MESSAGE, nowUs(), -1)();
	answers[0]!();
	expect(tally.take()).toBeNull();
	expect(sends).toEqual({ due: 1, sent: 1, late: 0, waited: 0 });
});

test("an answer older than one that came before is out of order, and a second answer counts once", () => {
	const { driver: echo, tally } = driver();
	const { client, answers } = fakeClient();
	echo.prepare(client, MESSAGE, nowUs(), 0)();
	echo.prepare(client, MESSAGE, nowUs(), 0)();
	answers[1]!();
	answers[0]!();
	answers[0]!();
	expect(tally.counts).toMatchObject({ received: 2, reordered: 1 });
});

test("a message without an answer is lost after the timeout, and counts with it as its time", async () => {
	const { driver: echo, tally } = driver();
	const { client } = fakeClient();
	echo.prepare(client, MESSAGE, nowUs(), 0)();
	const drained = echo.drained();
	await vi.advanceTimersByTimeAsync(9000);
	expect(tally.counts.lost).toBe(0);
	await vi.advanceTimersByTimeAsync(1200);
	await drained;
	expect(tally.counts).toMatchObject({ lost: 1, timedOut: 1 });
	expect(tally.errors).toEqual({ ack_timeout: 1 });
	expect(tally.whole("ack_service").max).toBe(10_000_000);
});

test("messages of a client that lost its session are given up at once", async () => {
	const { driver: echo, tally } = driver();
	const { client } = fakeClient();
	echo.prepare(client, MESSAGE, nowUs(), 0)();
	client.isOpen = false;
	await echo.drained();
	expect(tally.counts).toMatchObject({ lost: 1, timedOut: 0 });
	expect(tally.errors).toEqual({ ack_lost_with_session: 1 });
});

test("the drain ends when the last message is answered", async () => {
	const { driver: echo } = driver();
	const { client, answers } = fakeClient();
	for (let i = 0; i < 600; i++) echo.prepare(client, MESSAGE, nowUs(), 0)();
	const drained = echo.drained();
	for (const answer of answers) answer();
	await expect(drained).resolves.toBeUndefined();
});
