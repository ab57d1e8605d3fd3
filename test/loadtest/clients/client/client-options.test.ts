import { expect, test } from "vitest";
import { clientOptions } from "../../../../loadtest/clients/client/client-options.ts";
import { NO_INPUTS } from "../../../../loadtest/clients/client/inputs.ts";
import { testNumber } from "../../../../loadtest/plan/machine.ts";
import { type PlanOptions, planFrom } from "../../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../../loadtest/plan/stored-plan.ts";
import { UsageError } from "../../../../worker/command-line/command.ts";

const paths = "direct=http://localhost:1,direct=http://localhost:2,edge=https://localhost:3";

function optionsOf(options: PlanOptions, group: number, n: number) {
	const plan = planFrom({ paths, transports: ["websocket"], ...options });
	return clientOptions(plan, plan.groups[group]!, n);
}

test("clients are spread evenly over a path's addresses", () => {
	expect([0, 1, 2].map((n) => optionsOf({}, 0, n).url)).toEqual([
		"http://localhost:1/",
		"http://localhost:2/",
		"http://localhost:1/",
	]);
});

test("{n} is unique over all machines of a test, and each machine uses all addresses and sources", () => {
	const sessions = [1, 2].map((number) =>
		[0, 1].map((own) => {
			const machine = { number, of: 2 };
			return optionsOf({ machine, query: { user: "{n} {random}" } }, 0, testNumber(machine, own));
		}),
	);
	const [one, other] = sessions.map((some) =>
		some.map(({ url, source, query }) => [url, source, query["user"]![0]]),
	);
	expect(one).toEqual([
		["http://localhost:1/", "127.0.0.1", "0"],
		["http://localhost:2/", "127.0.0.2", "2"],
	]);
	expect(other).toEqual([
		["http://localhost:1/", "127.0.0.1", "1"],
		["http://localhost:2/", "127.0.0.2", "3"],
	]);
	const words = sessions.flat().map(({ query }) => query["user"]!.split(" ")[1]);
	expect(new Set(words).size).toBe(4);
});

test("auth, query, headers, namespace and message are filled for each client", () => {
	const options = {
		auth: '{"token":"user-{n}"}',
		query: { room: "{path}-{n}" },
		headers: { "x-user": "{n}" },
		namespace: "/chat-{transport}",
		message: '{"from":{n}}',
	};
	const filled = optionsOf(options, 1, 7);
	expect(filled).toMatchObject({
		auth: { token: "user-7" },
		query: { room: "edge-7" },
		headers: { "x-user": "7" },
		namespace: "/chat-websocket",
		answers: { ack: "", ackMatch: "" },
	});
	expect(filled.message).toMatchObject({ event: "echo" });
	expect(filled.message!.args(1)).toEqual([{ from: 7 }]);
});

test("a message with {seq} is filled for each send, one without it once", () => {
	const counted = optionsOf({ message: '{"id":{seq}}' }, 0, 0).message!;
	expect([counted.args(5), counted.args(6)]).toEqual([[{ id: 5 }], [{ id: 6 }]]);
	const always = optionsOf({ message: '{"a":1}' }, 0, 0).message!;
	expect(always.args(5)).toBe(always.args(6));
});

test("--args gives several arguments, --payload one text of that many bytes", () => {
	expect(optionsOf({ args: '["room-{n}",{"id":{seq}}]' }, 0, 3).message!.args(9)).toEqual([
		"room-3",
		{ id: 9 },
	]);
	expect(optionsOf({ payload: 3 }, 0, 0).message!.args(1)).toEqual(["xxx"]);
});

test("a path's own headers go to that path only, and override those of all paths", () => {
	const options = { headers: { "x-a": "all" }, pathHeaders: { edge: { "x-a": "edge", "x-b": "b" } } };
	expect(optionsOf(options, 0, 0).headers).toEqual({ "x-a": "all" });
	expect(optionsOf(options, 1, 0).headers).toEqual({ "x-a": "edge", "x-b": "b" });
});

test("the URL's query and --query are both sent, with a namespace too", () => {
	const options = { paths: "a=http://a/?token=t&n={n}&room=x", query: { room: "y" }, namespace: "/chat" };
	expect(optionsOf(options, 0, 3)).toMatchObject({
		url: "http://a/",
		namespace: "/chat",
		query: { token: "t", n: "3", room: "y" },
	});
});

test("source addresses rotate on loopback, and are the system's choice elsewhere", () => {
	expect([0, 1, 250].map((n) => optionsOf({}, 0, n).source)).toEqual(["127.0.0.1", "127.0.0.2", "127.0.0.1"]);
	expect(optionsOf({ paths: "far=https://example.org" }, 0, 5).source).toBe("");
	expect(optionsOf({ paths: "six=http://[::1]:1" }, 0, 5).source).toBe("");
	expect(optionsOf({ sources: ["10.0.0.1", "10.0.0.2"] }, 0, 3).source).toBe("10.0.0.2");
	expect(optionsOf({ sources: ["none"] }, 0, 3).source).toBe("");
});

test("{random} depends on the seed and the client only", () => {
	const token = (seed: number, n: number) => optionsOf({ seed, namespace: "/{random}" }, 0, n).namespace;
	expect(token(1, 1)).toBe(token(1, 1));
	expect(new Set([token(1, 1), token(1, 2), token(2, 1)]).size).toBe(3);
});

test("a result's plan has no secrets", () => {
	const options = {
		auth: '{"token":"hush"}',
		query: { key: "hush" },
		headers: { cookie: "hush" },
		pathHeaders: { edge: { a: "hush" } },
		message: '"hush"',
	};
	const record = JSON.stringify(recordOf(planFrom({ paths, ...options })));
	expect(record).not.toContain("hush");
	expect(record).toContain("cookie (redacted)");
});

test.each([
	[{ auth: "hush" }, "--auth is not JSON"],
	[{ pathHeaders: { elsewhere: {} } }, '--path-header: unknown path "elsewhere"; use one of: direct, edge'],
	[{ sources: ["localhost"] }, "--sources localhost: give IP addresses"],
	[{ scenario: "chaos" }, "--chaos-run"],
	[{ scenario: "chaos", chaosRun: "true", chaosAt: 99 }, "--chaos-at 99: the measurement lasts 20 s"],
	[{ scenario: "fanout", clients: 2 }, "--clients 2: fanout needs"],
	[{ scenario: "fanout", processes: 1 }, "--processes 1: fanout"],
	[{ scenario: "storm", probe: "connect" }, "--probe connect: storm needs acknowledgements"],
] as [PlanOptions, string][])("%j is refused in one line", (options, message) => {
	const plan = () => planFrom({ paths, ...options });
	expect(plan).toThrow(message);
	expect(plan).toThrow(UsageError);
	expect(plan).not.toThrow("hush");
});

test("a promise in place of a message is refused: JSON would make {} of it", () => {
	const plan = planFrom({ paths, transports: ["websocket"] });
	const promised = async () => "later";
	for (const code of [{ message: promised }, { args: () => [1, promised()] }]) {
		const { message } = clientOptions(plan, plan.groups[0]!, 0, { ...NO_INPUTS, code });
		expect(() => message!.args(1)).toThrow(/returned a promise/);
	}
});
