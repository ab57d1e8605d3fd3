import { describe, expect, it } from "vitest";
import {
	type AttemptResult,
	deadlineOf,
	isEvidence,
	mayRetry,
	resultOf,
} from "../../../worker/upstream/send.ts";
import { parsed, poolOf } from "../support/pools.ts";

const answer = (status: number, headers: Record<string, string> = {}) =>
	new Response(null, { status, headers });
const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";
const SOCKET = "/socket.io/?EIO=4&transport=websocket";

describe("resultOf", () => {
	it.each([
		["a node's own 500", 500, {}, "cloudflare", "ok"],
		["Cloudflare's 521 for a node it cannot reach", 521, {}, "cloudflare", "unreachable"],
		[
			"Cloudflare's 524 for a node that accepted the connection and did not answer",
			524,
			{},
			"cloudflare",
			"timeout",
		],
		["Cloudflare's 530", 530, {}, "cloudflare", "unreachable"],
		["a 521 of the node itself", 521, { "x-edge-node": "n1" }, "cloudflare", "ok"],
		["a 521 on workerd, where it must be the node's", 521, {}, "workerd", "ok"],
		["a 503 of the application", 503, {}, "workerd", "ok"],
		["a 502 of the node itself", 502, { "x-edge-node": "n1" }, "workerd", "ok"],
		["a 503 of a node that drains", 503, { "x-edge-refuse": "draining" }, "workerd", "refused"],
		["a 503 of a full node", 503, { "x-edge-refuse": "full" }, "cloudflare", "refused"],
	] as const)("classifies %s", (_what, status, headers, platform, result) => {
		expect(resultOf(answer(status, headers), platform, false, false)).toBe(result);
	});

	it.each([
		["a 502 without the header of a node that always sends it", 502, {}, true, false, "unavailable"],
		["a 503 without it", 503, {}, true, false, "unavailable"],
		["a 504 without it", 504, {}, true, false, "unavailable"],
		["a 500 without it", 500, {}, true, false, "ok"],
		["a 503 of the application of such a node", 503, { "x-edge-node": "n1" }, true, false, "ok"],
		["a 502 to the handshake of a node that never sends it", 502, {}, false, true, "unavailable"],
		["a 503 of the application to a handshake", 503, { "x-edge-node": "n1" }, true, true, "unavailable"],
		["a 500 to a handshake", 500, {}, true, true, "ok"],
		["a refusal of a handshake", 503, { "x-edge-refuse": "full" }, true, true, "refused"],
	] as const)("classifies %s", (_what, status, headers, speaksContract, opensSession, result) => {
		expect(resultOf(answer(status, headers), "workerd", speaksContract, opensSession)).toBe(result);
	});
});

const attemptsWith = (results: readonly AttemptResult[]) => results.map((result) => ({ result }));

describe("a retry on another node", () => {
	it.each([
		["GET", HANDSHAKE, null, "unreachable", true],
		["GET", HANDSHAKE, null, "timeout", true],
		["GET", HANDSHAKE, null, "refused", true],
		["GET", SOCKET, "websocket", "unreachable", true],
		["GET", `${HANDSHAKE}&sid=d0Nx`, null, "unreachable", false],
		["GET", `${SOCKET}&sid=d0Nx`, "websocket", "unreachable", false],
		["POST", `${HANDSHAKE}&sid=d0Nx`, null, "unreachable", false],
		["POST", HANDSHAKE, null, "unreachable", false],
		["GET", "/page", null, "unreachable", true],
		["HEAD", "/page", null, "unreachable", true],
		["GET", "/page", null, "timeout", false],
		["GET", "/page", null, "refused", true],
		["POST", "/page", null, "unreachable", false],
		["GET", "/ws", "websocket", "timeout", true],
	] as const)("of %s %s (Upgrade %s) after %s is allowed: %s", (method, path, upgrade, result, wanted) => {
		expect(mayRetry(parsed(method, path, upgrade), [{ result }])).toBe(wanted);
	});

	it.each([
		["GET", HANDSHAKE, ["unavailable", "unavailable"], true],
		["GET", HANDSHAKE, ["timeout", "timeout"], true],
		["GET", HANDSHAKE, ["refused", "refused"], true],
		["GET", HANDSHAKE, ["unavailable", "unavailable", "unavailable"], false],
		// It may have crashed both nodes.
		["GET", HANDSHAKE, ["unreachable", "unreachable"], false],
		["GET", HANDSHAKE, ["refused", "unreachable"], true],
		["GET", HANDSHAKE, ["unreachable", "unavailable"], true],
		["GET", "/page", ["unreachable", "unreachable"], false],
		["GET", "/ws", ["unreachable", "unreachable"], false],
		["OPTIONS", HANDSHAKE, ["unreachable"], true],
		["OPTIONS", HANDSHAKE, ["unreachable", "unreachable"], false],
	] as const)("of %s %s after the results %j is allowed: %s", (method, path, results, wanted) => {
		expect(mayRetry(parsed(method, path), attemptsWith(results))).toBe(wanted);
	});

	it("of a handshake that cannot be rewritten is allowed once, since its node may have opened a session", () => {
		expect(mayRetry(parsed("GET", HANDSHAKE), attemptsWith(["not_rewritable"]))).toBe(true);
		expect(mayRetry(parsed("GET", HANDSHAKE), attemptsWith(["not_rewritable", "not_rewritable"]))).toBe(
			false,
		);
	});
});

describe("evidence about a node", () => {
	const node = poolOf().nodes[0]!;
	it.each([
		["GET", HANDSHAKE, null, "unreachable", true],
		["GET", HANDSHAKE, null, "timeout", true],
		["GET", SOCKET, "websocket", "timeout", true],
		["GET", `${HANDSHAKE}&sid=d0Nx`, null, "unreachable", true],
		["GET", `${SOCKET}&sid=d0Nx`, "websocket", "unreachable", true],
		["GET", `${HANDSHAKE}&sid=d0Nx`, null, "timeout", false],
		["GET", `${HANDSHAKE}&sid=eF0x`, null, "unreachable", false],
		["GET", HANDSHAKE, null, "invalid", true],
		["GET", HANDSHAKE, null, "not_rewritable", false],
		["POST", `${HANDSHAKE}&sid=d0Nx`, null, "unreachable", false],
		["OPTIONS", HANDSHAKE, null, "unreachable", false],
		["GET", "/page", null, "unreachable", false],
		["HEAD", "/page", null, "unreachable", false],
		["GET", "/ws", "websocket", "timeout", false],
		["GET", "/socket.io/x?EIO=4&transport=polling", null, "unreachable", false],
	] as const)("is %s %s (Upgrade %s) that ends with %s: %s", (method, path, upgrade, result, wanted) => {
		expect(isEvidence(parsed(method, path, upgrade), node, result)).toBe(wanted);
	});
});

describe("the deadline", () => {
	const pool = poolOf({ timeouts: { handshake: 4, poll: 60, post: 20, http: 90 } });
	it.each([
		["GET", HANDSHAKE, null, 4000],
		["GET", SOCKET, "websocket", 4000],
		["GET", `${SOCKET}&sid=d0Nx`, "websocket", 4000],
		["GET", `${HANDSHAKE}&sid=d0Nx`, null, 60_000],
		["POST", `${HANDSHAKE}&sid=d0Nx`, null, 20_000],
		["GET", "/page", null, 90_000],
	] as const)("of %s %s (Upgrade %s) is %i ms", (method, path, upgrade, wanted) => {
		expect(deadlineOf(pool, parsed(method, path, upgrade))).toBe(wanted);
	});
});
