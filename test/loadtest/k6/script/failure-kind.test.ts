import { describe, expect, it } from "vitest";
import { kindOfResponse, kindOfText } from "../../../../loadtest/k6/script/failure-kind.ts";

const UNKNOWN_SID = '{"code":1,"message":"Session ID unknown"}';

describe("the kind of a failure", () => {
	it.each([
		[0, 400, UNKNOWN_SID, "engine_1"],
		[1400, 400, "Bad Request", "http_400"],
		[1503, 503, "no node", "http_503"],
		[0, 308, "", "http_308"],
		[1212, 0, "", "connect_refused"],
		[1211, 0, "", "connect_timeout"],
		[1220, 0, "", "connection_reset"],
		[1101, 0, "", "dns"],
		[1310, 0, "", "tls"],
		[1050, 0, "", "timeout"],
		[1000, 0, "", "transport_error"],
	])("of a request with error %i, status %i and body %j is %s", (number, status, body, kind) => {
		expect(kindOfResponse({ errorCode: number, error: "", status, body })).toBe(kind);
	});

	it("of a request without code and status is read from its text", () => {
		const response = { errorCode: 1000, error: "EOF", status: 0, body: "" };
		expect(kindOfResponse(response)).toBe("connection_reset");
	});

	it.each([
		["EOF", "connection_reset"],
		["unexpected EOF", "connection_reset"],
		["dial tcp 127.0.0.1:9: connect: connection refused", "connect_refused"],
		["read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer", "connection_reset"],
		["websocket: close 1006 (abnormal closure): unexpected EOF", "transport_close"],
		["websocket: close 1005 (no status)", "transport_close"],
		["lookup nowhere.invalid: no such host", "dns"],
		["tls: failed to verify certificate: x509: certificate signed by unknown authority", "tls"],
		["websocket: bad handshake", "handshake_refused"],
		["dial tcp 10.0.0.1:1: i/o timeout", "connect_timeout"],
		["something new", "transport_error"],
	])("of a socket that says %j is %s", (text, kind) => {
		expect(kindOfText(text)).toBe(kind);
	});
});
