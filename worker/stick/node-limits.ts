/**
 * Limits of a node that exceed the edge's, read from the open packet that the edge sees anyway. They cause failures only
 * later, in an idle session or by a large message, so they are reported in advance.
 */
import { MAX_BODY_BYTES, MAX_POLL_SECONDS, type Node, type Pool } from "../config/pool.ts";
import type { NodeStatus } from "../health/node-table.ts";
import type { Warning } from "../health/warning.ts";
import type { OpenPacket } from "./open-packet.ts";

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
			`Node ${node.id} answers an idle poll only after its pingInterval of ${pingInterval / 1000} s, but the edge waits only ` +
			`${timeouts.poll / 1000} s (timeouts.poll): idle polling sessions are lost. ` +
			`Set ${raise}pingInterval of the node below ${timeouts.poll} ms.`,
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
			`Node ${node.id} accepts POSTs of up to ${maxPayload} bytes (maxPayload), but the edge only of up to ${maxBody} (max_body): ` +
			`larger ones are answered 413 and end their session. ` +
			`Set ${raise}maxHttpBufferSize (max_http_buffer_size in Python) of the node to ${maxBody}.`,
	};
}

/**
 * Stores the warnings about a node's limits. A limit that this open packet does not have keeps its last warning, since a
 * node may answer clients of both protocols differently.
 */
export function updateWarnings({ node, warnings }: NodeStatus, limits: NodeLimits, pool: PoolLimits): void {
	if (limits.pingInterval !== null) delete warnings["poll_timeout"];
	if (limits.maxPayload !== null) delete warnings["max_body"];
	for (const { code, fix } of limitWarnings(limits, pool, node)) warnings[code] = fix;
}
