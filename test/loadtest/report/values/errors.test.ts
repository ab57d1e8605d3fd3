import { expect, test } from "vitest";
import { errorTable } from "../../../../loadtest/report/values/errors.ts";
import { drawResult } from "../../../support/report/results.ts";

const result = drawResult({ transports: ["websocket"], seconds: 2 });

test("a result without errors has no table", () => {
	expect(errorTable(result).cells).toEqual([]);
});

test("each kind has its texts, the most frequent first, and its cause once below", () => {
	const [first, second] = result.groups;
	const groups = [
		{
			...first!,
			errors: { open_dns: 2, open_odd: 1, ack_timeout: 3 },
			samples: { open_dns: ["ENOTFOUND a", "ENOTFOUND b"] },
		},
		{ ...second!, errors: { open_dns: 1 } },
	];
	const { cells, notes } = errorTable({ ...result, groups });
	expect(cells).toEqual([
		["websocket", "direct", "ack_timeout", "3", ""],
		["websocket", "direct", "open_dns", "2", "ENOTFOUND a"],
		["", "", "", "", "ENOTFOUND b"],
		["websocket", "direct", "open_odd", "1", ""],
		["websocket", "edge", "open_dns", "1", ""],
	]);
	expect(notes).toEqual([
		"ack_timeout: messages had no answer within --ack-timeout (5 s); look for them in the application's log, or raise --ack-timeout if it is slow.",
		"open_dns: the host name cannot be resolved (ENOTFOUND a); correct the URL, or use --resolve.",
	]);
});
