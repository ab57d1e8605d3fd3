import { expect, test } from "vitest";
import { OpenFailure } from "../../../../loadtest/clients/client/failure.ts";
import { advise } from "../../../../loadtest/clients/run/preflight.ts";
import type { ErrorKind } from "../../../../loadtest/record/error-kinds.ts";

test.each<[ErrorKind, RegExp]>([
	["no_ack", /no answer to "say" in 5 s; name an event with --event.*--probe connect/],
	["no_join", /fanout needs an application that handles join/],
	["tls", /use --insecure to trust any/],
	["connect_refused", /start the target or correct the URL/],
	["dns", /host name cannot be resolved/],
	["policy_connect_refused", /--policy-port, or leave out flashsocket/],
	["http_404", /--socket-path/],
	["connection_reset", /--socket-path/],
	["engine_5", /Socket\.IO 2 or before/],
	["timeout", /is a Socket\.IO server and is running/],
	["http_502", /\(http_502: why\); fix the target first/],
])("a preflight that fails by %s says what to do", (kind, advice) => {
	expect(advise(new OpenFailure(kind, "why"), { event: "say" })).toMatch(advice);
});

test("for an application without the event it prints the three lines to add", () => {
	const [, ...lines] = advise(new OpenFailure("no_ack", ""), { event: "say" }).split("\n");
	expect(lines.map((line) => line.trim())).toEqual([
		'io.on("connection", (socket) => {',
		'socket.on("say", (payload, ack) => ack(payload));',
		"});",
	]);
});
