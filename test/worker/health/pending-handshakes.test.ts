import { beforeEach, describe, expect, it } from "vitest";
import {
	beginHandshake,
	endHandshake,
	type NodeStatus,
	newNodeTable,
	picksAt,
} from "../../../worker/health/node-table.ts";
import { poolOf } from "../support/pools.ts";

let status: NodeStatus;
beforeEach(() => {
	status = newNodeTable(poolOf(), 0).nodes[0]!;
});

describe("the load of a node", () => {
	it("counts a handshake until it ends, and afterwards only the session that it opened", () => {
		const sessions = (now: number) => {
			const { sinceReport, pending } = picksAt(status, now);
			return sinceReport + pending;
		};
		beginHandshake(status, 6000, 1000);
		beginHandshake(status, 6000, 1000);
		expect(sessions(1000)).toBe(2);
		endHandshake(status, false, 1000);
		expect(sessions(1000)).toBe(1);
		endHandshake(status, true, 1000);
		expect(sessions(1000)).toBe(1);
	});

	it("forgets a handshake that never ends, since its client has left, once it must have ended", () => {
		for (let i = 0; i < 120; i++) beginHandshake(status, 6000, 1000);
		expect(picksAt(status, 5999).pending).toBe(120);
		expect(picksAt(status, 6000)).toEqual({ sinceReport: 0, recent: 0, pending: 0 });
		beginHandshake(status, 11_000, 6000);
		expect(status.pendingHandshakes).toEqual([11_000]);
	});
});
