import { expect, test } from "vitest";
import { readFlags } from "../../../loadtest/plan/flags.ts";
import { settingsFor } from "../../../loadtest/plan/path-settings.ts";
import { type PlanOptions, planFrom } from "../../../loadtest/plan/plan.ts";
import { UsageError } from "../../../worker/command-line/command.ts";

const paths = "app=http://a:80,edge=https://b";

/** The options that the flag's values give. */
const given = (...values: string[]) => readFlags(values.flatMap((value) => ["--path-set", value])).options;

test("a path's own settings replace the run's, and add to its query, headers and addresses", () => {
	const set = given(
		"app.socket-path=/app/socket.io/",
		"app.namespace=/chat",
		"app.query=a=1",
		"app.header=X-A: 1",
		"app.header=X-B: 2=3",
		"app.insecure=true",
		"app.policy-port=843",
		"app.resolve=a:80=10.0.0.7",
		'app.auth={"a.b":"c=d"}',
	);
	const plan = planFrom({ paths, headers: { "X-A": "0", "X-C": "0" }, query: { b: "2" }, ...set });
	expect(settingsFor(plan, "app")).toMatchObject({
		socketPath: "/app/socket.io/",
		namespace: "/chat",
		query: { a: "1", b: "2" },
		headers: { "X-A": "1", "X-B": "2=3", "X-C": "0" },
		insecure: true,
		policyPort: 843,
		resolve: { "a:80": "10.0.0.7" },
		auth: '{"a.b":"c=d"}',
	});
	expect(settingsFor(plan, "edge")).toMatchObject({
		socketPath: "/socket.io/",
		headers: { "X-A": "0", "X-C": "0" },
		insecure: false,
	});
});

test("a path's name may have a dot", () => {
	expect(given("eu.edge.namespace=/chat")).toEqual({ pathSet: { "eu.edge": { namespace: "/chat" } } });
});

test.each<[string[], string]>([
	[
		["app"],
		"--path-set: write path.flag=value, where flag is any of socket-path, namespace, query, header, auth",
	],
	[["app.rate=5"], '--path-set: unknown flag "rate" for path app; use any of socket-path,'],
	[["app.policy-port=0"], "--path-set: app.policy-port: give a whole number from 1 to 65535."],
	[["app.header=hush"], "--path-set: app.header: write 'Name: value'."],
	[["app.insecure=maybe"], "--path-set: app.insecure: use true or false."],
])("%j is refused without its value", (values, message) => {
	expect(() => given(...values)).toThrow(message);
	expect(() => given(...values)).toThrow(UsageError);
	expect(() => given(...values)).not.toThrow("hush");
});

test.each<[PlanOptions, string]>([
	[{ pathSet: { ap: {} } }, '--path-set: unknown path "ap"; use one of: app, edge'],
	[{ headers: { "X-A": "line\nbreak" } }, "--header X-A: HTTP does not allow a character of its value"],
	[{ pathSet: { app: { rate: 5 } } }, '--path-set: unknown field "rate" for path app'],
	[{ pathSet: { app: { auth: "[1]" } } }, "--auth: must be a JSON object"],
	[{ pathSet: { app: { ca: "/none.pem" } } }, "--ca /none.pem: cannot be read (ENOENT)"],
	[
		{ resolve: { "c:80": "10.0.0.7" } },
		"--resolve c:80: no target has this host and port; use one of: a:80, b:443",
	],
	[{ resolve: { "a:80": "a.b" } }, '--resolve a:80=a.b: "a.b" is not an IP address'],
	[
		{ resolve: { "a:80": "::1" }, transports: ["polling-fetch"] },
		"--resolve does not apply to polling-fetch",
	],
	[
		{ resolve: { "a:80": "::1" }, pollingAgent: "default" },
		"--resolve does not apply to polling with --polling",
	],
	[{ sources: ["127.0.0.1"], transports: ["polling-fetch"] }, "--sources does not apply to polling-fetch"],
	[
		{ pathSet: { app: { insecure: true } }, transports: ["polling-fetch"] },
		"--path-set app.insecure does not apply",
	],
])("%j is refused in one line", (options, message) => {
	expect(() => planFrom({ paths, ...options })).toThrow(message);
	expect(() => planFrom({ paths, ...options })).toThrow(UsageError);
});
