/** What one passage adds to an isolate's counters. A few additions; nothing is read twice, nothing waited for. */
import type { Attempt } from "../forward/forward.ts";
import { isHandshake, type Passage } from "../passage.ts";
import { AT, type Counters, FRONT_AT, slotOf, WHOLE } from "./counters.ts";

/** What only the request itself tells. */
export interface Facts {
	/** Bytes of the bodies, as Content-Length gives them; 0 where it does not. */
	readonly bytesIn: number;
	readonly bytesOut: number;
	readonly tls: "tls_1_3" | "tls_1_2" | "tls_unknown" | "plain_http";
}

/** By the first digit of a status, where it stands in a slot and in the frontend's part. */
const CLASSES = ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx"] as const;
const CLASS_AT: readonly number[] = CLASSES.map((name) => AT[name]);
const FRONT_CLASS_AT: readonly number[] = CLASSES.map((name) => FRONT_AT[name]);

/** Engine.IO's error codes, by number. */
const CODES_AT: readonly number[] = (
	["code_0", "code_1", "code_2", "code_3", "code_4", "code_5"] as const
).map((name) => AT[name]);

/** Adds it. */
export function tally(counters: Counters, passage: Passage, facts: Facts): void {
	const { numbers } = counters;
	tallyFront(numbers, passage, facts);
	const { pool, asked, attempts, ending } = passage;
	if (pool === null) return;
	const whole = slotOf(counters, pool.index, asked.traffic, WHOLE);
	tallyAnswer(numbers, whole, passage, facts);
	if (ending !== "passed") tallyRefusal(counters, whole, passage);
	if (attempts.length > 1) numbers[whole + AT.redispatches]! += 1;
	for (let i = 0; i < attempts.length; i++) {
		const node = slotOf(counters, pool.index, asked.traffic, attempts[i]!.node.index);
		tallyAttempt(numbers, node, passage, attempts[i]!);
		tallyAttempt(numbers, whole, passage, attempts[i]!);
		if (i === attempts.length - 1) tallyAnswer(numbers, node, passage, facts);
		else tallyRetry(numbers, node, whole);
	}
}

/** Counts an Engine.IO error, by its code in the protocol. */
export function tallyCode(counters: Counters, slot: number, code: number): void {
	const at = CODES_AT[code];
	if (at !== undefined) counters.numbers[slot + at]! += 1;
}

function tallyFront(numbers: Float64Array, passage: Passage, facts: Facts): void {
	const { ending, denial } = passage;
	numbers[FRONT_AT.requests]! += 1;
	numbers[FRONT_AT[facts.tls]]! += 1;
	numbers[FRONT_CLASS_AT[classOf(passage)]!]! += 1;
	numbers[FRONT_AT.bytes_in]! += facts.bytesIn;
	numbers[FRONT_AT.bytes_out]! += facts.bytesOut;
	if (ending === "passed") {
		if (isSession(passage)) numbers[FRONT_AT.sessions]! += 1;
	} else if (ending === "redirected" || ending === "no_route" || ending === "own")
		numbers[FRONT_AT[ending]]! += 1;
	else if (ending === "plain_upgrade") numbers[FRONT_AT.plain_upgrades]! += 1;
	else if (denial !== null) numbers[FRONT_AT[`denied_${denial.reason}`]]! += 1;
}

/** What the whole of the traffic and the node that answered last have in common. */
function tallyAnswer(numbers: Float64Array, slot: number, passage: Passage, facts: Facts): void {
	const { asked, ending } = passage;
	numbers[slot + AT.requests]! += 1;
	numbers[slot + CLASS_AT[classOf(passage)]!]! += 1;
	numbers[slot + AT.bytes_in]! += facts.bytesIn;
	numbers[slot + AT.bytes_out]! += facts.bytesOut;
	if (ending === "gone") numbers[slot + AT.gone]! += 1;
	if (asked.sid === null) {
		if (isSession(passage)) numbers[slot + AT.sessions]! += 1;
		return;
	}
	if (ending === "passed") numbers[slot + AT.sticky]! += 1;
	if (asked.engine !== null && asked.upgrade) {
		numbers[slot + AT.upgrades_tried]! += 1;
		if (passage.status === 101) numbers[slot + AT.upgrades_done]! += 1;
	}
}

/** Why no node's answer was passed on. */
function tallyRefusal(counters: Counters, whole: number, { ending, denial }: Passage): void {
	const { numbers } = counters;
	if (ending === "no_node") numbers[whole + AT.no_node]! += 1;
	if (ending === "denied") numbers[whole + AT.denied]! += 1;
	if (ending === "preflight") numbers[whole + AT.preflights]! += 1;
	const code = denial?.code ?? (ending === "gone" ? 1 : null);
	if (code !== null) tallyCode(counters, whole, code);
}

function tallyAttempt(numbers: Float64Array, slot: number, passage: Passage, attempt: Attempt): void {
	const { asked } = passage;
	if (asked.sid === null) numbers[slot + AT.picks]! += 1;
	const failure = failureAt(attempt);
	if (failure !== null) numbers[slot + failure]! += 1;
	// A poll waits for the application to speak: its time says nothing about the node.
	if (asked.traffic === "polling" && asked.sid !== null && asked.method === "GET") return;
	numbers[slot + AT.waits]! += 1;
	numbers[slot + AT.wait_ms]! += attempt.endedAt - attempt.sentAt;
	numbers[slot + AT.total_ms]! += attempt.endedAt - passage.startedAt;
}

/** Another node was tried after this one: HAProxy counts both at the server that was left. */
function tallyRetry(numbers: Float64Array, node: number, whole: number): void {
	numbers[node + AT.requests]! += 1;
	numbers[node + AT.retries]! += 1;
	numbers[node + AT.redispatches]! += 1;
	numbers[whole + AT.retries]! += 1;
}

function failureAt({ outcome, response }: Attempt): number | null {
	if (outcome === "ok") return response !== null && response.status >= 500 ? AT.server_errors : null;
	if (outcome === "unreachable") return AT.unreachable;
	return outcome === "timeout" ? AT.timeouts : AT.refused;
}

/** Whether an Engine.IO session was opened: the node said so by 200 (polling) or 101. */
function isSession(passage: Passage): boolean {
	if (passage.ending !== "passed" || !isHandshake(passage.asked)) return false;
	return passage.status === (passage.asked.upgrade ? 101 : 200);
}

/** The place of a status among the classes; what is none of them counts as 5xx. */
function classOf({ status }: Passage): number {
	const place = Math.floor(status / 100) - 1;
	return place >= 0 && place < CLASSES.length ? place : CLASSES.length - 1;
}
