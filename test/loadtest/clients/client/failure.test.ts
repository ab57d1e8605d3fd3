import { expect, test } from "vitest";
import { detailOf, kindOf } from "../../../../loadtest/clients/client/failure.ts";

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
	[
		"an upgrade that Engine.IO refuses in plain text",
		{
			message: "websocket error",
			description: {
				message: "Unexpected server response: 400",
				error: { message: "Unexpected server response: 400", status: 400, responseText: "Transport unknown" },
			},
		},
		"engine_0",
	],
	["a poll answered by a page", { message: "xhr poll error", description: 503 }, "http_503"],
	["no more sockets", { description: { error: { code: "EMFILE" } } }, "too_many_files"],
	["the client's own time limit", new Error("timeout"), "timeout"],
	["anything else", new Error("odd"), "transport_error"],
])("%s has its own kind", (_, error, kind) => {
	expect(kindOf(error)).toBe(kind);
});

test.each([
	["Engine.IO's message", { responseText: '{"code":4,"message":"not you"}', status: 403 }, "not you"],
	[
		"a page's text",
		{ responseText: "<h1>Bad\n gateway</h1><script>x()</script>", status: 502 },
		"Bad gateway",
	],
	[
		"the code of a certificate's error",
		{ message: "expired", code: "CERT_HAS_EXPIRED" },
		"expired, CERT_HAS_EXPIRED",
	],
	[
		"not the stack in place of a body",
		{ responseText: "Error\n at x", statusText: refused },
		"connect ECONNREFUSED",
	],
])("a failure's text is %s", (_, context, text) => {
	expect(detailOf({ message: "xhr poll error", context })).toBe(text);
});
