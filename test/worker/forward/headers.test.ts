import { describe, expect, it } from "vitest";
import { HEADERS } from "../../../worker/contract.ts";
import { nodeHeaders } from "../../../worker/forward/headers.ts";
import { asked } from "../support/pools.ts";

const HANDSHAKE = asked("GET", "/socket.io/?EIO=4&transport=polling");
const POLL = asked("GET", "/socket.io/?EIO=4&transport=polling&sid=d0N0123456789abcdefg");
const UPGRADE = asked("GET", "/socket.io/?EIO=4&transport=websocket&sid=d0N0123456789abcdefg", "websocket");
const SAID = {
	"x-forwarded-for": "203.0.113.7",
	"x-forwarded-proto": "https",
	[HEADERS.auth]: "s3cret",
};

describe("nodeHeaders", () => {
	it.each([
		["a handshake", HANDSHAKE],
		["an upgrade", UPGRADE],
		["a page", asked("GET", "/page")],
	])(
		"tells of %s its host, and who the client is in the header that only the edge writes",
		(_what, request) => {
			expect(nodeHeaders({ "x-app": "1" }, request, "203.0.113.7", "s3cret")).toEqual({
				"x-app": "1",
				...SAID,
				"x-forwarded-host": "edge.test",
				[HEADERS.clientIp]: "203.0.113.7",
			});
		},
	);

	it("tells of a session's polls and posts what a proxy on their way may go by", () => {
		expect(nodeHeaders({ "x-app": "1" }, POLL, "203.0.113.7", "s3cret")).toEqual({ "x-app": "1", ...SAID });
	});

	it("says nothing of a client whose address is not known, and sends no empty secret", () => {
		expect(nodeHeaders({}, HANDSHAKE, "", "")).toEqual({
			"x-forwarded-host": "edge.test",
			"x-forwarded-proto": "https",
		});
	});
});
