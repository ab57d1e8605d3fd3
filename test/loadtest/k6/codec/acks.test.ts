import { describe, expect, it } from "vitest";
import { AckTable } from "../../../../loadtest/k6/codec/acks.ts";

const LIMIT = 1000;

describe("the table of acks", () => {
	it("returns when a message was due and sent", () => {
		const acks = new AckTable(LIMIT);
		const id = acks.send(10, 12);
		expect(acks.answer(id, 20)).toEqual({
			kind: "first",
			sent: { id, dueAt: 10, sentAt: 12 },
			reordered: false,
		});
		expect(acks.waiting).toBe(0);
	});

	it("recognises a second ack of the same message, and an ack never asked for", () => {
		const acks = new AckTable(LIMIT);
		const id = acks.send(0, 0);
		acks.answer(id, 1);
		expect(acks.answer(id, 2).kind).toBe("doubled");
		expect(acks.answer(id + 1, 2).kind).toBe("stray");
	});

	it("counts an ack as reordered when a later message was answered before", () => {
		const acks = new AckTable(LIMIT);
		const ids = [acks.send(0, 0), acks.send(1, 1), acks.send(2, 2)] as const;
		expect(acks.answer(ids[2], 3)).toMatchObject({ kind: "first", reordered: false });
		expect(acks.answer(ids[0], 3)).toMatchObject({ kind: "first", reordered: true });
		expect(acks.answer(ids[1], 3)).toMatchObject({ kind: "first", reordered: true });
	});

	it("expires a message at the limit after its actual send, and calls a later ack late", () => {
		const acks = new AckTable(LIMIT);
		const old = acks.send(0, 100);
		const young = acks.send(0, 101);
		expect(acks.expire(1099)).toEqual([]);
		expect(acks.expire(1100).map(({ id }) => id)).toEqual([old]);
		expect(acks.answer(old, 1100).kind).toBe("late");
		expect(acks.answer(young, 1101).kind).toBe("first");
	});

	it("counts an ack that arrived after the limit as expired, even when nothing has looked for it yet", () => {
		const acks = new AckTable(LIMIT);
		const [inTime, tooLate] = [acks.send(0, 100), acks.send(0, 100)];
		expect(acks.answer(inTime, 1100)).toMatchObject({ kind: "first" });
		expect(acks.answer(tooLate, 1100.1)).toEqual({ kind: "expired" });
		expect(acks.answer(tooLate, 1100.2)).toEqual({ kind: "late" });
		expect(acks.waiting).toBe(0);
		expect(acks.expire(9999)).toEqual([]);
	});

	it("abandons all waiting messages when the session is gone", () => {
		const acks = new AckTable(LIMIT);
		acks.answer(acks.send(0, 0), 1);
		const left = [acks.send(1, 1), acks.send(2, 2)];
		expect(acks.abandon().map(({ id }) => id)).toEqual(left);
		expect(acks.waiting).toBe(0);
	});
});
