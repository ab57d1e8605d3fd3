/**
 * Limits of a node that exceed the edge's, read from the open packet that the edge sees anyway. They cause failures only
 * later, in an idle session or by a large message, so they are reported in advance.
 */
import { MAX_BODY_BYTES, MAX_POLL_SECONDS, type Node, type Pool } from "../config/pool.ts";
import type { NodeStatus } from "../health/node-table.ts";
import { type Warning, warningLine } from "../health/warning.ts";
import type { OpenPacket } from "./open-packet.ts";

/** `poll_timeout`: the node may hold a poll for longer than `timeouts.poll`. `max_body`: clients may send larger POSTs than `max_body`. */
export type LimitCode = "poll_timeout" | "max_body";

export type NodeLimits = Pick<OpenPacket, "pingInterval" | "pingTimeout" | "maxPayload">;
type PoolLimits = Pick<Pool, "variable" | "timeouts" | "maxBody">;

/** The limits of a node that exceed its pool's. Many servers send no maxPayload, so nothing is known of theirs. */
export function limitWarnings(limits: NodeLimits, pool: PoolLimits, node: Pick<Node, "id">): Warning[] {
	const poll = pollWarning(limits, pool, node);
	const body = bodyWarning(limits, pool, node);
	return [poll, body].filter((warning) => warning !== null);
}

/**
 * A node answers an idle poll at the latest with the ping, pingInterval after the last pong (Engine.IO 4), or with the
 * pong to the client's ping, sent each pingInterval (Engine.IO 3). So a pingInterval that reaches `timeouts.poll` ends
 * every idle session. A sum with pingTimeout above `timeouts.poll` is harmless (Socket.IO 1 and netty-socketio have 25 + 60 s
 * by default): a poll is held beyond pingInterval only while a pong is overdue. The recommended value covers the sum.
 */
function pollWarning(
	{ pingInterval, pingTimeout }: NodeLimits,
	{ variable, timeouts }: PoolLimits,
	node: Pick<Node, "id">,
): Warning | null {
	if (pingInterval === null || pingInterval < timeouts.poll) return null;
	const needed = Math.ceil((pingInterval + (pingTimeout ?? 0)) / 1000) + 5;
	const raise = needed > MAX_POLL_SECONDS ? "" : `timeouts.poll in ${variable} to ${needed} or more, or `;
	return {
		code: "poll_timeout",
		fix:
			`Node ${node.id} answers an idle poll only after pingInterval, ${pingInterval} ms, and the edge waits ` +
			`${timeouts.poll} ms for it (timeouts.poll), so idle sessions on polling are lost. ` +
			`Set ${raise}pingInterval of the node below ${timeouts.poll}.`,
	};
}

function bodyWarning(
	{ maxPayload }: NodeLimits,
	{ variable, maxBody }: PoolLimits,
	node: Pick<Node, "id">,
): Warning | null {
	if (maxPayload === null || maxPayload <= maxBody) return null;
	const raise = maxPayload > MAX_BODY_BYTES ? "" : `max_body in ${variable} to ${Math.ceil(maxPayload)}, or `;
	return {
		code: "max_body",
		fix:
			`Node ${node.id} accepts POSTs of ${maxPayload} bytes (maxPayload), and the edge of ${maxBody} (max_body), ` +
			`so clients on polling that send larger ones get 413 and lose their session. ` +
			`Set ${raise}maxHttpBufferSize (max_http_buffer_size in Python) of the node to ${maxBody}.`,
	};
}

/** The same warning is logged again after this long. */
export const WARNING_LOG_INTERVAL_MS = 3_600_000;

/**
 * Stores a node's warnings, and returns the log lines of those that are due. A limit that this open packet does not
 * have keeps its last warning, since a node may answer clients of both protocols differently.
 */
export function updateWarnings(status: NodeStatus, limits: NodeLimits, pool: Pool, now: number): string[] {
	const { node, warnings, warningsLoggedAt } = status;
	if (limits.pingInterval !== null) delete warnings["poll_timeout"];
	if (limits.maxPayload !== null) delete warnings["max_body"];
	const lines: string[] = [];
	for (const warning of limitWarnings(limits, pool, node)) {
		const { code, fix } = warning;
		warnings[code] = fix;
		if (now - (warningsLoggedAt[code] ?? 0) < WARNING_LOG_INTERVAL_MS) continue;
		warningsLoggedAt[code] = now;
		lines.push(warningLine(warning, pool, node));
	}
	return lines;
}
