import { expect, test } from "vitest";
import { planFrom, slotsFor, withGroups } from "../../../loadtest/plan/plan.ts";
import { planShape, recordOf } from "../../../loadtest/plan/stored-plan.ts";
import { UsageError } from "../../../worker/command-line/command.ts";
import { validated } from "../../support/validated.ts";

const paths = "direct=http://localhost:3001,direct=http://localhost:3002,edge=https://localhost:8443";

test("a repeated path name adds an address", () => {
	expect(planFrom({ paths }).paths).toEqual([
		{ name: "direct", urls: ["http://localhost:3001/", "http://localhost:3002/"] },
		{ name: "edge", urls: ["https://localhost:8443/"] },
	]);
});

test("every transport is measured on every path, the paths of one transport side by side", () => {
	const { groups } = planFrom({ paths, transports: ["polling", "websocket"] });
	expect(groups.map(({ transport, path }) => `${transport} ${path.name}`)).toEqual([
		"polling direct",
		"polling edge",
		"websocket direct",
		"websocket edge",
	]);
});

test("a WebSocket address means the same target", () => {
	expect(planFrom({ url: "wss://example.org/chat" }).paths[0]?.urls).toEqual(["https://example.org/chat"]);
});

test("a result file holds the plan", () => {
	const record = validated(planShape, JSON.parse(JSON.stringify(recordOf(planFrom({ paths, duration: 7 })))));
	expect(record.duration).toBeCloseTo(7, 9);
	expect(record.processes).toBeGreaterThan(0);
});

test("messages leave one by one at every rate, and in batches only where --grain asks for it", () => {
	const grain = (options: object) => recordOf(planFrom({ paths, ...options })).grain;
	expect(grain({ rate: 100 })).toBe(0);
	expect(grain({ rate: 200 })).toBe(0);
	expect(grain({ rate: 4000 })).toBe(0);
	expect(grain({ rate: 8000, grain: 5 })).toBe(5);
	expect(grain({ rate: 100, grain: 20 })).toBe(20);
	expect(grain({ rate: 1000, scenario: "fanout" })).toBe(0);
});

test.each([
	[{}, /no target/],
	[{ url: "http://a", paths }, /both given/],
	[{ url: "localhost:8443" }, /URL: "localhost:8443" is not an http or https address/],
	[{ url: "ftp://localhost" }, /not an http or https address/],
	[{ url: "no url" }, /"no url" is not a URL/],
	[{ url: "https://user:secret@host" }, /--auth/],
	[{ paths: "https://localhost" }, /NAME=URL/],
	[{ url: "http://a", scenario: "ehco" }, /unknown scenario "ehco"; use one of: echo/],
	[
		{ url: "http://a", transports: ["polling", "polling"] as const },
		/--transports polling,polling: name each transport once/,
	],
	[{ url: "http://a", rate: 0 }, /--rate 0/],
	[{ url: "http://a", duration: -1 }, /--duration -1/],
	[{ url: "http://a", args: '{"a":1}' }, /--args is not a JSON array/],
	[{ url: "http://a", args: "[]", message: "1" }, /--message and --args are both given/],
	[{ url: "http://a", ackMatch: "0.id" }, /--ack-match 0.id: give the answer's event with --ack/],
	[
		{ url: "http://a", ack: "said", ackMatch: "0.id", message: '{"id":1}' },
		/no message has a {seq} to match/,
	],
	[{ url: "http://a", ack: "said", scenario: "fanout" }, /--ack said: fanout needs acknowledgements/],
	[{ url: "http://a", grain: 2.5 }, /--grain 2.5: give a whole number from 0 to 1000/],
])("%j is refused in one line", (options, message) => {
	expect(() => planFrom(options)).toThrow(message);
	expect(() => planFrom(options)).toThrow(UsageError);
});

test.each([
	{ url: "https://user:secret@host" },
	{ url: "ftp://user:secret@host/?a=secret" },
	{ url: "user:secret@host" },
	{ url: "//user:p@secret@host" },
	{ url: "nowhere?token=secret" },
	{ paths: "https://localhost/?token=secret" },
])("a refused URL does not repeat its password or its query: %j", (options) => {
	expect(() => planFrom(options)).toThrow(UsageError);
	expect(() => planFrom(options)).not.toThrow(/secret/);
});

test("a result has the names of a URL's query, not its values", () => {
	const { paths } = recordOf(planFrom({ url: "http://a/chat?token=secret&b=&c#d" }));
	expect(paths[0]!.urls).toEqual(["http://a/chat?token=…&b=…&c=…"]);
});

test("without some of its load groups a run measures the others for the same time", () => {
	const plan = planFrom({ paths, duration: 24, transports: ["polling", "websocket"] });
	const rest = withGroups(plan, plan.groups.slice(3));
	expect(rest).toMatchObject({ transports: ["websocket"], order: [0], slot: 24 });
});

test("a single load group is measured in one slot", () => {
	expect(slotsFor(1, 60)).toEqual({ slot: 60, order: [0] });
});

test("rounds alternate in direction, so that drift affects all load groups alike", () => {
	expect(slotsFor(2, 20).order).toEqual([0, 1, 1, 0]);
});

test.each([
	[2, 20],
	[8, 40],
	[3, 1],
	[5, 600],
])(
	"%i load groups share %i seconds completely, each with as many slots as the others",
	(groups, duration) => {
		const { slot, order } = slotsFor(groups, duration);
		expect(slot * order.length).toBeCloseTo(duration, 9);
		const turns = Array.from({ length: groups }, (_, group) => order.filter((one) => one === group).length);
		expect(new Set(turns).size).toBe(1);
		expect(turns[0]! % 2).toBe(0);
	},
);
