/**
 * The names under which results count errors, the same for the swarm and for k6. While a session opens they begin with
 * `open_`, afterwards with `session_`; `ack_…` are messages. k6's scripts load this file: no Node imports.
 */

/** Why a connection, a request or a step of opening failed. */
const FAILURE_KINDS = [
	"connect_refused",
	"connection_reset",
	"connect_timeout",
	"dns",
	"tls",
	"unreachable",
	/** This machine has no file descriptor or port left. */
	"too_many_files",
	"no_free_port",
	/** The session did not open in time; the upgrade or the first answer did not arrive in time. */
	"timeout",
	"upgrade_timeout",
	"no_ack",
	"no_join",
	/** A function of the scenario's file failed, or did not end in time. */
	"scenario_error",
	"scenario_timeout",
	/** The message exceeds the server's maxPayload. */
	"payload_too_large",
	/** The answer is not Engine.IO's. */
	"not_engine_io",
	/** The handshake offers no WebSocket to upgrade to. */
	"no_upgrade_offered",
	/** A refused WebSocket handshake, where its status is not known. */
	"handshake_refused",
	/** The application refused to connect the namespace, or the namespace does not exist. */
	"connect_refused_by_server",
] as const;

/** Why a session ended that was not meant to: socket.io-client's reasons (https://socket.io/docs/v4/client-api/#event-disconnect). */
const CLOSE_REASONS = [
	"io_server_disconnect",
	"ping_timeout",
	"transport_close",
	"transport_error",
	"parse_error",
] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** All kinds that are not numbered. */
export const ERROR_KINDS = [...FAILURE_KINDS, ...CLOSE_REASONS] as const;

/** `http_404` is a status, `engine_1` a code of Engine.IO; `upgrade_` and `policy_` name the step that failed. */
export type ErrorKind =
	| (typeof ERROR_KINDS)[number]
	| `${"http" | "engine" | "upgrade" | "policy"}_${string}`;

/** What became of messages: no answer within the limit, or no session any more. */
export const ACK_ERRORS = { timeout: "ack_timeout", session: "ack_lost_with_session" } as const;

/** The error of a session that did not open. */
export function openError(kind: ErrorKind): string {
	return `open_${kind}`;
}

/** The error of an open session that was lost. */
export function sessionError(reason: CloseReason): string {
	return `session_${reason}`;
}

/** socket.io-client's own text as a reason: "transport close" is `transport_close`. */
export function closeReason(text: string): CloseReason {
	return CLOSE_REASONS.find((reason) => reason === text.replaceAll(" ", "_")) ?? "transport_error";
}

/**
 * The reason that socket.io-client gives when something goes wrong in an open session: it does not look at the cause. A
 * WebSocket has then closed, and a poll has failed.
 */
export function reasonFor(kind: ErrorKind, over: "polling" | "websocket"): CloseReason {
	const own = CLOSE_REASONS.find((reason) => reason === kind);
	if (own !== undefined && own !== "transport_error") return own;
	return over === "websocket" ? "transport_close" : "transport_error";
}
