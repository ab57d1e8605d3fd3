import { expect, test } from "vitest";
import { kindOf } from "../../../../loadtest/clients/client/failure.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

test.each([
	[
		"a WebSocket's refused connection",
		{ message: "websocket error", description: { error: refused } },
		"connect_refused",
	],
	[
		"a poll's refused connection",
		{ message: "xhr poll error", context: { statusText: refused } },
		"connect_refused",
	],
	[
		"both of localhost's addresses refused",
		{ description: { error: { errors: [refused] } } },
		"connect_refused",
	],
	["an untrusted certificate", { description: { error: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } } }, "tls"],
	[
		"a session the node does not know",
		{ context: { responseText: '{"code":1,"message":"Session ID unknown"}' } },
		"engine_1",
	],
	[
		"a WebSocket answered by a page",
		{ description: { message: "Unexpected server response: 502" } },
		"http_502",
	],
	["a poll answered by a page", { message: "xhr poll error", description: 503 }, "http_503"],
	["no more sockets", { description: { error: { code: "EMFILE" } } }, "too_many_files"],
	["the client's own time limit", new Error("timeout"), "timeout"],
	["anything else", new Error("odd"), "transport_error"],
])("%s has its own kind", (_, error, kind) => {
	expect(kindOf(error)).toBe(kind);
});
