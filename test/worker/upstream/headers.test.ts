import { describe, expect, it } from "vitest";
import { HEADERS } from "../../../worker/contract.ts";
import type { ParsedRequest } from "../../../worker/request/url.ts";
import { upstreamHeaders } from "../../../worker/upstream/send.ts";
import { NO_HEADERS, parsed } from "../support/pools.ts";

const HANDSHAKE = parsed("GET", "/socket.io/?EIO=4&transport=polling");
const POLL = parsed("GET", "/socket.io/?EIO=4&transport=polling&sid=d0N0123456789abcdefg");
const UPGRADE = parsed("GET", "/socket.io/?EIO=4&transport=websocket&sid=d0N0123456789abcdefg", "websocket");
/** The request with one forwardable header, in a fresh object, since `upstreamHeaders` changes it. */
const withHeader = (request: ParsedRequest): ParsedRequest => ({
	...request,
	headers: { ...NO_HEADERS, forwardable: { "x-app": "1" } },
});
const ALWAYS = {
	"x-forwarded-for": "203.0.113.7",
	"x-forwarded-proto": "https",
	[HEADERS.auth]: "s3cret",
};

describe("the headers that a node receives", () => {
	it.each([
		["a handshake", HANDSHAKE],
		["an upgrade", UPGRADE],
		["a page", parsed("GET", "/page")],
	])(
		"of %s include its host, and the client's address in the header that only the edge writes",
		(_what, request) => {
			expect(upstreamHeaders(withHeader(request), "203.0.113.7", "s3cret")).toEqual({
				"x-app": "1",
				...ALWAYS,
				"x-forwarded-host": "edge.test",
				[HEADERS.clientIp]: "203.0.113.7",
			});
		},
	);

	it("of a session's polls and POSTs include only what a proxy on the way may use", () => {
		expect(upstreamHeaders(withHeader(POLL), "203.0.113.7", "s3cret")).toEqual({ "x-app": "1", ...ALWAYS });
	});

	it("omit an unknown client address and an empty secret", () => {
		expect(upstreamHeaders({ ...HANDSHAKE, headers: { ...NO_HEADERS, forwardable: {} } }, "", "")).toEqual({
			"x-forwarded-host": "edge.test",
			"x-forwarded-proto": "https",
		});
	});
});
