import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { clientAddress, markFromEdge, readSecrets, secretVerifier } from "../../../origin/node/auth.ts";

const OLD = "old-secret-0123456789";
const NEW = "new-secret-0123456789";

describe("secrets", () => {
	test("two secrets are both valid during a rotation, and nothing else is", () => {
		const isValid = secretVerifier([OLD, NEW]);
		expect([OLD, NEW].map(isValid)).toEqual([true, true]);
		expect([undefined, "", `${OLD} `, OLD.slice(1), `${OLD}, ${NEW}`].map(isValid)).toEqual(
			Array(5).fill(false),
		);
	});

	test("without secrets no value is valid", () => {
		expect(secretVerifier([])("")).toBe(false);
	});

	test("a list is split at commas; spaces around items and empty items are ignored", () => {
		expect(readSecrets(` ${OLD} ,${NEW},`)).toEqual([OLD, NEW]);
		expect(readSecrets("")).toEqual([]);
	});

	test.each([
		[`${OLD},short`, "secret 2 has 5 characters; use at least 16"],
		[
			"0123456789 0123456789",
			"secret 1 has a character that is not allowed; use visible ASCII without spaces",
		],
	])("an invalid secret is named by its position and never shown: %#", (list, message) => {
		expect(readSecrets(list)).toBe(message);
	});
});

describe("clientAddress", () => {
	const request = (claimed?: string | string[]) =>
		({
			headers: { "x-edge-client-ip": claimed },
			socket: { remoteAddress: "10.0.0.9" },
		}) as unknown as IncomingMessage;

	test("is the remote address if the request is not known to come from the edge", () => {
		expect(clientAddress(request("203.0.113.7"))).toBe("10.0.0.9");
	});

	test.each(["203.0.113.7", "2001:db8::7"])("is %s if the edge says so", (ip) => {
		const fromEdge = request(ip);
		markFromEdge(fromEdge);
		expect(clientAddress(fromEdge)).toBe(ip);
	});

	test.each([undefined, "", "localhost", "203.0.113.7, 1.2.3.4"])(
		"is the remote address if the edge sends %j",
		(claimed) => {
			const fromEdge = request(claimed);
			markFromEdge(fromEdge);
			expect(clientAddress(fromEdge)).toBe("10.0.0.9");
		},
	);
});
