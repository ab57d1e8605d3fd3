import { describe, expect, it } from "vitest";
import type { Passage } from "../../../worker/passage.ts";
import { terminationOf } from "../../../worker/stats/termination.ts";
import { passageOf } from "../support/passages.ts";

describe("the termination code", () => {
	it.each<[code: string, what: string, passage: Passage]>([
		["--NI", "of a new session", passageOf("handshake", "passed", 200, [[0, "ok", 200, 1]])],
		[
			"--VN",
			"of a request that reached its session's node",
			passageOf("poll", "passed", 200, [[0, "ok", 200, 1]]),
		],
		["--NN", "of plain http", passageOf("page", "passed", 200, [[0, "ok", 200, 1]])],
		[
			"SCDN",
			"of a session whose node cannot be reached",
			passageOf("poll", "gone", 400, [[0, "unreachable", 0, 1]]),
		],
		["sHDN", "of a session whose node is silent", passageOf("poll", "gone", 400, [[0, "timeout", 0, 1]])],
		["PRIN", "of a session id that names no node", passageOf("poll", "gone", 400)],
		["SCNN", "of a handshake no node took", passageOf("handshake", "no_node", 503)],
		["sHNN", "of plain http that took too long", passageOf("page", "failed", 504, [[0, "timeout", 0, 1]])],
		["PRNN", "of what the guard refused", passageOf("handshake", "denied", 400)],
		["PRNN", "of a plain http upgrade", passageOf("page", "plain_upgrade", 426)],
		["I-NN", "of a fault of the edge itself", passageOf("handshake", "internal", 500, [], null)],
		["LRNN", "of a redirect", passageOf("page", "redirected", 308)],
	])("%s: %s", (code, _what, passage) => {
		expect(terminationOf(passage)).toBe(code);
	});
});
