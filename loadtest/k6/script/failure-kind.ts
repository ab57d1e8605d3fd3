/** The kind of a failure, under which results count it; the same kinds as the swarm's. */
import type { ErrorKind } from "../../record/error-kinds.ts";
import { engineErrorCode } from "../codec/engine.ts";

/** k6's error codes for failed requests (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). */
const BY_CODE: Readonly<Record<number, ErrorKind>> = {
	1050: "timeout",
	1100: "dns",
	1101: "dns",
	1201: "connection_reset",
	1211: "connect_timeout",
	1212: "connect_refused",
	1220: "connection_reset",
	1300: "tls",
	1301: "tls",
	1310: "tls",
	1311: "tls",
};

/** A response of k6's HTTP client; its error code and status are 0 when there is none. */
export interface FailedResponse {
	readonly errorCode: number;
	readonly error: string;
	readonly status: number;
	readonly body: string;
}

/** The kind of a failed request. */
export function kindOfResponse({ errorCode, error, status, body }: FailedResponse): ErrorKind {
	const engine = status >= 400 ? engineErrorCode(body) : null;
	if (engine !== null) return `engine_${engine}`;
	if (status >= 300) return `http_${status}`;
	return BY_CODE[errorCode] ?? kindOfText(error);
}

/**
 * k6 reports WebSocket errors, and some of requests, only as Go's texts, which lack the status of a refused handshake;
 * the runner reads it from the samples.
 */
const BY_TEXT: readonly (readonly [RegExp, ErrorKind])[] = [
	[/connection refused/, "connect_refused"],
	[/websocket: close \d+/, "transport_close"],
	[/reset by peer|broken pipe|\bEOF$/, "connection_reset"],
	[/no such host/, "dns"],
	[/x509|tls:/, "tls"],
	[/bad handshake/, "handshake_refused"],
	[/i\/o timeout|deadline exceeded/, "connect_timeout"],
];

/** The kind of an error that only has Go's text, such as a WebSocket's error event. */
export function kindOfText(text: string): ErrorKind {
	return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? "transport_error";
}
