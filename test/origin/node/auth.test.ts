import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { clientAddress, markProved, readSecrets, secretCheck } from "../../../origin/node/auth.ts";

const OLD = "old-secret-0123456789";
const NEW = "new-secret-0123456789";

describe("secrets", () => {
	test("both are valid while they are rotated, and nothing else is", () => {
		const valid = secretCheck([OLD, NEW]);
		expect([OLD, NEW].map(valid)).toEqual([true, true]);
		expect([undefined, "", `${OLD} `, OLD.slice(1), `${OLD}, ${NEW}`].map(valid)).toEqual(
			Array(5).fill(false),
		);
	});

	test("without any, nothing is valid", () => {
		expect(secretCheck([])("")).toBe(false);
	});

	test("a list is split at commas, spaces around and empty items left out", () => {
		expect(readSecrets(` ${OLD} ,${NEW},`)).toEqual([OLD, NEW]);
		expect(readSecrets("")).toEqual([]);
	});

	test.each([
		[`${OLD},short`, "secret 2 has 5 characters: give at least 16"],
		["0123456789 0123456789", "secret 1 has a character that is not visible ASCII"],
	])("a bad one is named by its place, never shown", (list, sentence) => {
		expect(readSecrets(list)).toBe(sentence);
	});
});

describe("the client's address", () => {
	const request = (told?: string | string[]) =>
		({
			headers: { "x-edge-client-ip": told },
			socket: { remoteAddress: "10.0.0.9" },
		}) as unknown as IncomingMessage;

	test("is the peer's when the request did not prove to come from the edge", () => {
		expect(clientAddress(request("203.0.113.7"))).toBe("10.0.0.9");
	});

	test.each(["203.0.113.7", "2001:db8::7"])("is %s when the edge says so", (ip) => {
		const proved = request(ip);
		markProved(proved);
		expect(clientAddress(proved)).toBe(ip);
	});

	test.each([undefined, "", "localhost", "203.0.113.7, 1.2.3.4"])(
		"is the peer's when the edge says %j",
		(told) => {
			const proved = request(told);
			markProved(proved);
			expect(clientAddress(proved)).toBe("10.0.0.9");
		},
	);
});
