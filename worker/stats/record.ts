/** The last step of a request: counts it, logs it, and flushes the counts when due. Runs after the answer's headers and waits for nothing. */
import { isBound } from "../durable-objects.ts";
import type { Env } from "../env.ts";
import { isHandshake } from "../request/url.ts";
import type { Attempt } from "../upstream/send.ts";
import {
	AT,
	type Counters,
	ENGINE_CODES,
	FRONT_AT,
	STATUS_CLASSES,
	type StatsSource,
	WAIT_BUCKETS_MS,
} from "./counters.ts";
import type { Exchange } from "./exchange.ts";
import { FLUSH_INTERVAL_MS, flush } from "./flush.ts";
import { log } from "./log.ts";

/** Facts about an exchange that come from its headers and from the platform. */
export interface ExchangeFacts {
	/** Bytes of the bodies by Content-Length; 0 without one. */
	readonly bytesIn: number;
	readonly bytesOut: number;
	readonly tls: "tls_1_3" | "tls_1_2" | "tls_unknown" | "plain_http";
}

/** The longest error body in which a code is looked for; Engine.IO's own are below 100 bytes. */
const MAX_ERROR_BYTES = 1000;

/** By the first digit of a status: the offset of its counter in a slot, and in the frontend's part. */
const CLASS_AT: readonly number[] = STATUS_CLASSES.map((name) => AT[name]);
const FRONT_CLASS_AT: readonly number[] = STATUS_CLASSES.map((name) => FRONT_AT[name]);

/** The offset of each Engine.IO error code's counter. */
const CODE_AT: readonly number[] = ENGINE_CODES.map((name) => AT[name]);

/** The offset of each bucket's counter, by ascending bound. */
const BUCKET_AT: readonly number[] = WAIT_BUCKETS_MS.map((bound) => AT[`wait_le_${bound}`]);

/** Records one exchange. */
export function record(
	exchange: Exchange,
	request: Request,
	source: StatsSource,
	env: Env,
	ctx: ExecutionContext,
): void {
	const { config, counters } = source;
	const facts = factsOf(exchange, request, config.platform);
	count(counters, exchange, facts);
	if (mayHoldErrorCode(exchange, facts)) ctx.waitUntil(countErrorCode(counters, exchange));
	log(exchange, request, source);
	scheduleFlush(source, env, ctx, exchange.attempts.at(-1)?.endedAt ?? Date.now());
}

/** Adds one exchange to the counters. */
export function count(counters: Counters, exchange: Exchange, facts: ExchangeFacts): void {
	const { numbers } = counters;
	countFrontend(numbers, exchange, facts);
	const { pool, parsed, attempts, outcome } = exchange;
	if (pool === null) return;
	const { total, nodes } = counters.slots[pool.index]![parsed.traffic];
	countAnswer(numbers, total, exchange, facts);
	if (outcome !== "passed") countUnforwarded(numbers, total, exchange);
	if (attempts.length > 1) numbers[total + AT.redispatches]! += 1;
	for (let i = 0; i < attempts.length; i++) {
		const node = nodes[attempts[i]!.node.index]!;
		countAttempt(numbers, node, exchange, attempts[i]!);
		countAttempt(numbers, total, exchange, attempts[i]!);
		if (i === attempts.length - 1) countAnswer(numbers, node, exchange, facts);
		else countRetry(numbers, node, total);
	}
}

function countFrontend(numbers: Float64Array, exchange: Exchange, facts: ExchangeFacts): void {
	const { outcome, denial } = exchange;
	numbers[FRONT_AT.requests]! += 1;
	numbers[FRONT_AT[facts.tls]]! += 1;
	numbers[FRONT_CLASS_AT[classOf(exchange)]!]! += 1;
	numbers[FRONT_AT.bytes_in]! += facts.bytesIn;
	numbers[FRONT_AT.bytes_out]! += facts.bytesOut;
	if (outcome === "passed") {
		if (hasOpenedSession(exchange)) numbers[FRONT_AT.sessions]! += 1;
	} else if (outcome === "redirected" || outcome === "no_route" || outcome === "own")
		numbers[FRONT_AT[outcome]]! += 1;
	else if (outcome === "plain_upgrade") numbers[FRONT_AT.plain_upgrades]! += 1;
	else if (denial !== null) numbers[FRONT_AT[`denied_${denial.reason}`]]! += 1;
}

/** Counts the answer, both in the traffic's total and for the last node tried. */
function countAnswer(numbers: Float64Array, slot: number, exchange: Exchange, facts: ExchangeFacts): void {
	const { parsed, outcome } = exchange;
	numbers[slot + AT.requests]! += 1;
	numbers[slot + CLASS_AT[classOf(exchange)]!]! += 1;
	numbers[slot + AT.bytes_in]! += facts.bytesIn;
	numbers[slot + AT.bytes_out]! += facts.bytesOut;
	if (outcome === "gone") numbers[slot + AT.gone]! += 1;
	if (parsed.sid === null) {
		if (hasOpenedSession(exchange)) numbers[slot + AT.sessions]! += 1;
		return;
	}
	if (outcome === "passed") numbers[slot + AT.sticky]! += 1;
	if (parsed.enginePath !== null && parsed.upgrade) {
		numbers[slot + AT.upgrades_tried]! += 1;
		if (exchange.status === 101) numbers[slot + AT.upgrades_done]! += 1;
	}
}

/** Counts why no node's answer was forwarded. */
function countUnforwarded(numbers: Float64Array, total: number, { outcome, denial }: Exchange): void {
	if (outcome === "no_node") numbers[total + AT.no_node]! += 1;
	if (outcome === "denied") numbers[total + AT.denied]! += 1;
	if (outcome === "preflight") numbers[total + AT.preflights]! += 1;
	const code = denial?.code ?? (outcome === "gone" ? 1 : null);
	if (code !== null) numbers[total + CODE_AT[code]!]! += 1;
}

function countAttempt(numbers: Float64Array, slot: number, exchange: Exchange, attempt: Attempt): void {
	const { parsed } = exchange;
	if (parsed.sid === null) numbers[slot + AT.picks]! += 1;
	const failure = failureAt(attempt);
	if (failure !== null) numbers[slot + failure]! += 1;
	// A poll waits until the application has something to send, so its time does not measure the node.
	if (parsed.traffic === "polling" && parsed.sid !== null && parsed.method === "GET") return;
	const waitMs = attempt.endedAt - attempt.sentAt;
	numbers[slot + AT.waits]! += 1;
	numbers[slot + AT.wait_ms]! += waitMs;
	const bucket = BUCKET_AT[bucketOf(waitMs)];
	if (bucket !== undefined) numbers[slot + bucket]! += 1;
	numbers[slot + AT.total_ms]! += attempt.endedAt - exchange.startedAt;
}

/** The index of the first bucket that holds the time; the number of buckets when none does. */
function bucketOf(waitMs: number): number {
	let index = 0;
	while (index < WAIT_BUCKETS_MS.length && waitMs > WAIT_BUCKETS_MS[index]!) index += 1;
	return index;
}

/** Counts that another node was tried after this one. HAProxy counts retry and redispatch for the server that failed. */
function countRetry(numbers: Float64Array, node: number, total: number): void {
	numbers[node + AT.requests]! += 1;
	numbers[node + AT.retries]! += 1;
	numbers[node + AT.redispatches]! += 1;
	numbers[total + AT.retries]! += 1;
}

function failureAt({ result, response }: Attempt): number | null {
	if (result === "ok") return response !== null && response.status >= 500 ? AT.server_errors : null;
	if (result === "invalid" || result === "not_rewritable") return AT.server_errors;
	if (result === "unreachable" || result === "unavailable") return AT.unreachable;
	if (result === "client_idle") return null;
	return result === "timeout" ? AT.timeouts : AT.refused;
}

/** Whether the request opened an Engine.IO session: the node answered 200 (polling) or 101. */
function hasOpenedSession({ outcome, parsed, status }: Exchange): boolean {
	if (outcome !== "passed" || !isHandshake(parsed)) return false;
	return status === (parsed.upgrade ? 101 : 200);
}

/** The index of a status among the classes; a status outside them counts as 5xx. */
function classOf({ status }: Exchange): number {
	const index = Math.floor(status / 100) - 1;
	return index >= 0 && index < STATUS_CLASSES.length ? index : STATUS_CLASSES.length - 1;
}

function factsOf(
	{ parsed, status, response }: Exchange,
	request: Request,
	platform: "cloudflare" | "workerd",
): ExchangeFacts {
	const hasBody = status !== 101 && parsed.method !== "HEAD";
	return {
		bytesIn: parsed.method === "GET" ? 0 : contentLength(parsed.headers.contentLength),
		bytesOut: hasBody ? contentLength(response.headers.get("content-length")) : 0,
		tls: parsed.secure ? (platform === "cloudflare" ? tlsOf(request) : "tls_unknown") : "plain_http",
	};
}

function contentLength(header: string | null): number {
	return header === null ? 0 : Number(header) || 0;
}

/** Cloudflare reports the TLS version; workerd does not, and reading `cf` there costs parsing JSON. */
function tlsOf(request: Request): ExchangeFacts["tls"] {
	const version = (request as { cf?: { tlsVersion?: string } }).cf?.tlsVersion;
	if (version === "TLSv1.3") return "tls_1_3";
	return version === "TLSv1.2" ? "tls_1_2" : "tls_unknown";
}

/** Whether the body may have an Engine.IO error code, which a node sends nowhere else. */
function mayHoldErrorCode({ parsed, outcome, status }: Exchange, facts: ExchangeFacts): boolean {
	if (parsed.enginePath === null || outcome !== "passed") return false;
	return (status === 400 || status === 403) && facts.bytesOut <= MAX_ERROR_BYTES;
}

async function countErrorCode(counters: Counters, exchange: Exchange): Promise<void> {
	const { parsed, pool, attempts, response } = exchange;
	const node = attempts.at(-1)?.node;
	if (pool === null || node === undefined) return;
	try {
		const { code } = (await response.clone().json()) as { code?: unknown };
		const at = CODE_AT[Number(code)];
		if (at === undefined) return;
		const { total, nodes } = counters.slots[pool.index]![parsed.traffic];
		for (const slot of [total, nodes[node.index]!]) counters.numbers[slot + at]! += 1;
	} catch {
		// Not JSON: a 400 from the application.
	}
}

/**
 * Flushes when it is due. On Cloudflare, where an isolate may be evicted at any time, an earlier request waits until
 * then and flushes, so that an evicted isolate loses at most 10 s of counts.
 */
export function scheduleFlush(source: StatsSource, env: Env, ctx: ExecutionContext, now: number): void {
	const { counters, config } = source;
	const due = counters.triedAt + FLUSH_INTERVAL_MS;
	if (now >= due) {
		if (isBound(env, "ledger")) ctx.waitUntil(flush(source, env));
		return;
	}
	if (config.platform !== "cloudflare" || counters.scheduledUntil >= now || !isBound(env, "ledger")) return;
	counters.scheduledUntil = due + FLUSH_INTERVAL_MS;
	ctx.waitUntil(flushLater(source, env, due - now));
}

async function flushLater(source: StatsSource, env: Env, delayMs: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, delayMs));
	source.counters.scheduledUntil = 0;
	if (Date.now() - source.counters.triedAt >= FLUSH_INTERVAL_MS) await flush(source, env);
}
