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
const ADDED = { clientIp: "203.0.113.7", secret: "s3cret", requestId: "r1" };
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
			expect(upstreamHeaders(withHeader(request), ADDED)).toEqual({
				"x-app": "1",
				...ALWAYS,
				"x-forwarded-host": "edge.test",
				[HEADERS.clientIp]: "203.0.113.7",
				[HEADERS.requestId]: "r1",
			});
		},
	);

	it("of a session's polls and POSTs include only what a proxy on the way may use", () => {
		expect(upstreamHeaders(withHeader(POLL), ADDED)).toEqual({ "x-app": "1", ...ALWAYS });
	});

	it("of a session's polls and POSTs with an Origin include the host, which python-engineio compares with it", () => {
		const request = { ...POLL, headers: { ...NO_HEADERS, origin: "https://edge.test", forwardable: {} } };
		expect(upstreamHeaders(request, ADDED)).toEqual({ ...ALWAYS, "x-forwarded-host": "edge.test" });
	});

	it("omit an unknown client address, an empty secret and an empty id", () => {
		const request = { ...HANDSHAKE, headers: { ...NO_HEADERS, forwardable: {} } };
		expect(upstreamHeaders(request, { clientIp: "", secret: "", requestId: "" })).toEqual({
			"x-forwarded-host": "edge.test",
			"x-forwarded-proto": "https",
		});
	});
});
