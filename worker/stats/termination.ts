/** HAProxy's termination code (manual 8.5): who ended the request and when, and what stickiness made of it. */
import type { Passage } from "../passage.ts";

/** Four letters. The last two read as HAProxy's cookie flags, the session id standing for the cookie. */
export function terminationOf(passage: Passage): string {
	return endOf(passage) + stickinessOf(passage);
}

function endOf({ ending, attempts }: Passage): string {
	switch (ending) {
		case "passed":
			return "--";
		case "redirected":
		case "preflight":
		case "own":
			return "LR";
		case "internal":
			return "I-";
		case "denied":
		case "no_route":
		case "plain_upgrade":
			return "PR";
		default:
			break;
	}
	const last = attempts.at(-1);
	if (last === undefined) return ending === "no_node" ? "SC" : "PR";
	return last.outcome === "timeout" ? "sH" : "SC";
}

/**
 * `NI`: a new session, given its node. `VN`: one that reached its node. `DN`: its node is down. `IN`: its id
 * names no node. `NN`: nothing to stick by.
 */
function stickinessOf({ asked, ending, attempts }: Passage): string {
	if (asked.engine === null || ending === "denied") return "NN";
	if (ending === "gone") return attempts.length > 0 ? "DN" : "IN";
	if (ending !== "passed") return "NN";
	return asked.sid === null ? "NI" : "VN";
}
