/** What one passage adds to an isolate's counters. A few additions; nothing is read twice, nothing waited for. */
import type { Attempt } from "../forward/forward.ts";
import { isHandshake, type Passage } from "../passage.ts";
import { add, addFront, type Counted, type Counters, slotOf, WHOLE } from "./counters.ts";

/** What only the request itself tells. */
export interface Facts {
	/** Bytes of the bodies, as Content-Length gives them; 0 where it does not. */
	readonly bytesIn: number;
	readonly bytesOut: number;
	readonly tls: "tls_1_3" | "tls_1_2" | "tls_unknown" | "plain_http";
}

type StatusClass = "hrsp_1xx" | "hrsp_2xx" | "hrsp_3xx" | "hrsp_4xx" | "hrsp_5xx";
const STATUS_CLASSES: readonly StatusClass[] = ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx"];

/** Engine.IO's error codes, by number. */
const CODES = ["code_0", "code_1", "code_2", "code_3", "code_4", "code_5"] as const;

/** Adds it. */
export function tally(counters: Counters, passage: Passage, facts: Facts): void {
	tallyFront(counters, passage, facts);
	const { pool, asked, attempts } = passage;
	if (pool === null) return;
	const whole = slotOf(counters, pool.index, asked.traffic, WHOLE);
	tallyAnswer(counters, whole, passage, facts);
	if (passage.ending === "no_node") add(counters, whole, "no_node");
	if (passage.ending === "denied") add(counters, whole, "denied");
	if (passage.ending === "preflight") add(counters, whole, "preflights");
	const code = passage.denial?.code ?? (passage.ending === "gone" ? 1 : null);
	if (code !== null) tallyCode(counters, whole, code);
	if (attempts.length > 1) add(counters, whole, "redispatches");
	for (let i = 0; i < attempts.length; i++) {
		const node = slotOf(counters, pool.index, asked.traffic, attempts[i]!.node.index);
		tallyAttempt(counters, node, whole, passage, attempts[i]!);
		if (i === attempts.length - 1) tallyAnswer(counters, node, passage, facts);
		else tallyRetry(counters, node, whole);
	}
}

/** Counts an Engine.IO error, by its code in the protocol. */
export function tallyCode(counters: Counters, slot: number, code: number): void {
	const name = CODES[code];
	if (name !== undefined) add(counters, slot, name);
}

function tallyFront(counters: Counters, passage: Passage, facts: Facts): void {
	const { ending, denial } = passage;
	addFront(counters, "requests");
	addFront(counters, facts.tls);
	addFront(counters, classOf(passage));
	if (facts.bytesIn > 0) addFront(counters, "bytes_in", facts.bytesIn);
	if (facts.bytesOut > 0) addFront(counters, "bytes_out", facts.bytesOut);
	if (ending === "passed") {
		if (isSession(passage)) addFront(counters, "sessions");
	} else if (ending === "redirected" || ending === "no_route" || ending === "own") addFront(counters, ending);
	else if (ending === "plain_upgrade") addFront(counters, "plain_upgrades");
	else if (denial !== null) addFront(counters, `denied_${denial.reason}`);
}

/** What the whole of the traffic and the node that answered last have in common. */
function tallyAnswer(counters: Counters, slot: number, passage: Passage, facts: Facts): void {
	const { asked, ending } = passage;
	add(counters, slot, "requests");
	add(counters, slot, classOf(passage));
	if (facts.bytesIn > 0) add(counters, slot, "bytes_in", facts.bytesIn);
	if (facts.bytesOut > 0) add(counters, slot, "bytes_out", facts.bytesOut);
	if (ending === "gone") add(counters, slot, "gone");
	if (ending === "passed" && asked.sid !== null) add(counters, slot, "sticky");
	if (isSession(passage)) add(counters, slot, "sessions");
	if (asked.engine !== null && asked.upgrade && asked.sid !== null) {
		add(counters, slot, "upgrades_tried");
		if (passage.response.status === 101) add(counters, slot, "upgrades_done");
	}
}

function tallyAttempt(
	counters: Counters,
	node: number,
	whole: number,
	passage: Passage,
	attempt: Attempt,
): void {
	const { asked } = passage;
	if (asked.sid === null) {
		add(counters, node, "picks");
		add(counters, whole, "picks");
	}
	const failure = failureOf(attempt);
	if (failure !== null) {
		add(counters, node, failure);
		add(counters, whole, failure);
	}
	// A poll waits for the application to speak: its time says nothing about the node.
	if (asked.traffic === "polling" && asked.sid !== null && asked.method === "GET") return;
	for (const slot of [node, whole]) {
		add(counters, slot, "waits");
		add(counters, slot, "wait_ms", attempt.endedAt - attempt.sentAt);
		add(counters, slot, "total_ms", attempt.endedAt - passage.startedAt);
	}
}

/** Another node was tried after this one: HAProxy counts both at the server that was left. */
function tallyRetry(counters: Counters, node: number, whole: number): void {
	add(counters, node, "requests");
	add(counters, node, "retries");
	add(counters, node, "redispatches");
	add(counters, whole, "retries");
}

function failureOf(attempt: Attempt): Counted | null {
	if (attempt.outcome === "unreachable") return "unreachable";
	if (attempt.outcome === "timeout") return "timeouts";
	if (attempt.outcome === "refused") return "refused";
	return attempt.response !== null && attempt.response.status >= 500 ? "server_errors" : null;
}

/** Whether an Engine.IO session was opened: the node said so by 200 (polling) or 101. */
function isSession(passage: Passage): boolean {
	if (passage.ending !== "passed" || !isHandshake(passage.asked)) return false;
	return passage.response.status === (passage.asked.upgrade ? 101 : 200);
}

function classOf(passage: Passage): StatusClass {
	return STATUS_CLASSES[Math.floor(passage.response.status / 100) - 1] ?? "hrsp_5xx";
}
