import { expect, test } from "vitest";
import { highest, ratesBetween, SNAPSHOT_INTERVAL_MS, snapshot } from "../../../worker/stats/rates.ts";

const at = (sessions: number, requests: number, seconds: number) =>
	snapshot({ front: { sessions, requests, other: 9 } }, seconds * 1000);

test("a rate is the increase divided by the time between two snapshots, at least 10 s", () => {
	expect(ratesBetween(at(0, 10, 0), at(30, 70, 30))).toEqual({ front: { sessions: 1, requests: 2 } });
	expect(ratesBetween(at(0, 0, 0), at(5, 20, 1))).toEqual({ front: { sessions: 0.5, requests: 2 } });
	expect(SNAPSHOT_INTERVAL_MS).toBe(10_000);
});

test("a new key began at 0, and a total that decreased has no negative rate", () => {
	expect(ratesBetween(snapshot({}, 0), at(10, 10, 10))).toEqual({ front: { sessions: 1, requests: 1 } });
	expect(ratesBetween(at(10, 10, 0), at(0, 0, 10))).toEqual({ front: { sessions: 0, requests: 0 } });
});

test("the higher of two rates is taken for each key and counter", () => {
	const a = { front: { sessions: 1, requests: 9 } };
	const b = { front: { sessions: 2, requests: 3 }, app_http: { sessions: 0, requests: 1 } };
	expect(highest(a, b)).toEqual({
		front: { sessions: 2, requests: 9 },
		app_http: { sessions: 0, requests: 1 },
	});
});
