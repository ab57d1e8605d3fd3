/** A probe: one health check of one node, made by the monitor, and by an isolate whose exchange with the node failed. */
import type { Node, Pool } from "../config/pool.ts";
import { DEFAULT_HEALTH_PATH, HEADERS, type NodeHealth, readHealth } from "../contract.ts";
import { DeadlineExceeded, withDeadline } from "../deadline.ts";

/**
 * The result of a check in HAProxy's terms (management guide 9.1), and the node's own health report. `NO CHECK`: the
 * node has no health path, but Engine.IO answers; such a node is healthy.
 */
export interface Probe {
	readonly healthy: boolean;
	readonly check: "L7OK" | "L7STS" | "L4TOUT" | "L4CON" | typeof NO_CHECK;
	/** HTTP status; 0 = no answer. */
	readonly status: number;
	readonly milliseconds: number;
	/** Null for a node that does not follow the contract. */
	readonly health: NodeHealth | null;
	/** How long the node keeps an idle connection, by its Keep-Alive header; null = it does not say. */
	readonly keepAliveSeconds: number | null;
}

export const NO_CHECK = "NO CHECK";

/** What a node answered to one request of a check. */
export interface CheckAnswer {
	/** HTTP status; 0 = no answer, and `error` says why. */
	readonly status: number;
	readonly error: "" | "L4TOUT" | "L4CON";
	readonly body: string;
	/** The Keep-Alive header. */
	readonly keepAlive: string | null;
	readonly milliseconds: number;
}

interface CheckRequest {
	/** Never rejects. */
	readonly answer: Promise<CheckAnswer>;
	readonly controller: AbortController;
}

/** The status of a check, unless the pool's `health.status` differs. */
const DEFAULT_HEALTH_STATUS = 200;
/** How long the health path is waited for alone, and after Engine.IO has answered for a node known as `NO CHECK`. */
const HEAD_START_MS = 300;
/** The status of Engine.IO's errors. */
export const ENGINE_ERROR_STATUS = 400;

/**
 * Checks a node; never throws. A node that never followed the contract, whose health path answers something else than
 * expected or nothing, is asked for Engine.IO's answer to an unknown transport: an unmodified server has no health
 * path, and a Node.js server with only socket.io never answers other paths. `wasNoCheck`: the last check was NO
 * CHECK; then a silent health path delays this one by `HEAD_START_MS` at most.
 */
export async function checkNode(
	pool: Pool,
	node: Node,
	secret: string,
	hasSpokenContract: boolean,
	wasNoCheck = false,
): Promise<Probe> {
	const health = ask(pool, node, pool.healthPath, secret);
	if (hasSpokenContract || hasOwnCheck(pool)) return healthProbe(pool, await health.answer);
	const early = wasNoCheck ? null : await within(HEAD_START_MS, health.answer);
	if (early !== null && isFinal(pool, early)) return healthProbe(pool, early);
	// The health path has answered otherwise, or is still waited for, while Engine.IO is asked under a deadline of its own.
	const engine = await ask(pool, node, engineCheckPath(pool), secret).answer;
	const mayLeave = wasNoCheck && isEngineAnswer(engine);
	const answer = mayLeave ? await within(HEAD_START_MS, health.answer) : await health.answer;
	if (answer === null) health.controller.abort();
	return answer === null ? noCheckProbe(engine) : classifyCheck(pool, answer, engine);
}

/** Whether the operator chose what a check requests or expects. The check is then the operator's, and nothing replaces it. */
export function hasOwnCheck(pool: Pick<Pool, "healthPath" | "health">): boolean {
	return pool.healthPath !== DEFAULT_HEALTH_PATH || pool.health.status !== DEFAULT_HEALTH_STATUS;
}

/** The path to which every version of Engine.IO answers with its own 400 without opening a session. */
export function engineCheckPath({ socketPath }: Pick<Pool, "socketPath">): string {
	return `${socketPath}?EIO=4&transport=none`;
}

/** Classifies a node that never followed the contract by the answers of its health path and of Engine.IO. */
export function classifyCheck(pool: Pick<Pool, "health">, health: CheckAnswer, engine: CheckAnswer): Probe {
	return !isFinal(pool, health) && isEngineAnswer(engine) ? noCheckProbe(engine) : healthProbe(pool, health);
}

/** Whether the health path's answer decides alone: the expected one, a report, or a 5xx, by which a node says that it is not healthy. */
function isFinal(pool: Pick<Pool, "health">, answer: CheckAnswer): boolean {
	const { healthy, health } = healthProbe(pool, answer);
	return healthy || health !== null || (answer.status >= 500 && answer.status <= 599);
}

function healthProbe(pool: Pick<Pool, "health">, answer: CheckAnswer): Probe {
	const { status, error, body, milliseconds } = answer;
	const keepAliveSeconds = keepAliveSecondsIn(answer.keepAlive);
	if (error !== "")
		return { healthy: false, check: error, status, milliseconds, health: null, keepAliveSeconds };
	return { ...probeResult(pool.health.status, status, healthIn(body), milliseconds), keepAliveSeconds };
}

function noCheckProbe({ status, milliseconds, keepAlive }: CheckAnswer): Probe {
	const keepAliveSeconds = keepAliveSecondsIn(keepAlive);
	return { healthy: true, check: NO_CHECK, status, milliseconds, health: null, keepAliveSeconds };
}

/** Classifies an answer. A node that answers 503 because it drains or is full is healthy: it still serves its sessions. */
export function probeResult(
	expectedStatus: number,
	status: number,
	health: NodeHealth | null,
	milliseconds: number,
): Probe {
	const healthy = status === expectedStatus || (health !== null && health.state !== "ready");
	const check = healthy ? "L7OK" : "L7STS";
	return { healthy, check, status, milliseconds, health, keepAliveSeconds: null };
}

/**
 * Whether Engine.IO itself answered to `transport=none`, and not a parking page or proxy. Node.js, Java, Go and Rust
 * servers send the protocol's error of code 0 (engine.io lib/server.ts; engineioxide sends "0"); python-engineio sends
 * a JSON string that begins with "Invalid transport", before 4.0 one that refuses EIO=4; go-socket.io sends plain text.
 */
export function isEngineAnswer({ status, body }: Pick<CheckAnswer, "status" | "body">): boolean {
	if (status !== ENGINE_ERROR_STATUS) return false;
	const answer = parsed(body) ?? body;
	if (typeof answer === "string")
		return /^(invalid transport\b|the client is using an unsupported version of the socket\.io or engine\.io protocols)/i.test(
			answer,
		);
	if (typeof answer !== "object") return false;
	const { code, message } = answer as { code?: unknown; message?: unknown };
	return String(code) === "0" && typeof message === "string" && /^transport unknown\b/i.test(message);
}

/** The timeout in a Keep-Alive header (RFC 2068 section 19.7.1.1), as `timeout=5, max=100`; null = none. */
export function keepAliveSecondsIn(header: string | null): number | null {
	const seconds = /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i.exec(header ?? "")?.[1];
	return seconds === undefined ? null : Number(seconds);
}

/** Requests a path of the node. The deadline includes the body: a node that stops half way through its answer is not healthy. */
function ask(pool: Pool, node: Node, path: string, secret: string): CheckRequest {
	const startedAt = Date.now();
	const controller = new AbortController();
	const read = async (): Promise<CheckAnswer> => {
		const response = await fetch(node.url + path, {
			headers: secret === "" ? {} : { [HEADERS.auth]: secret },
			redirect: "manual",
			signal: controller.signal,
		});
		const body = await response.text();
		const keepAlive = response.headers.get("keep-alive");
		return { status: response.status, error: "", body, keepAlive, milliseconds: Date.now() - startedAt };
	};
	const failed = (reason: unknown): CheckAnswer => {
		const error = reason instanceof DeadlineExceeded ? "L4TOUT" : "L4CON";
		return { status: 0, error, body: "", keepAlive: null, milliseconds: Date.now() - startedAt };
	};
	return { controller, answer: withDeadline(pool.health.timeout, read(), controller).catch(failed) };
}

/** The answer if it comes within `milliseconds`; null = it is still awaited. */
function within(milliseconds: number, answer: Promise<CheckAnswer>): Promise<CheckAnswer | null> {
	return withDeadline(milliseconds, answer).catch(() => null);
}

function healthIn(body: string): NodeHealth | null {
	const health = readHealth(parsed(body));
	return typeof health === "string" ? null : health;
}

/** The JSON value of a body; null when it is not JSON. */
function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return null;
	}
}
