/** The kind of a failure, under which results count it; the same kinds as the swarm's. */
import { engineErrorCode } from "../codec/engine.ts";

/** k6's error codes for failed requests (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). */
const BY_CODE: Readonly<Record<number, string>> = {
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

/** The kind of a failed request: k6's error code (0 = none), the status (0 = none), the body. */
export function kindOfResponse(errorCode: number, status: number, body: string): string {
	const engine = status >= 400 ? engineErrorCode(body) : null;
	if (engine !== null) return `engine_${engine}`;
	if (status >= 300) return `http_${status}`;
	return BY_CODE[errorCode] ?? "transport_error";
}

/** k6 reports WebSocket errors only as Go's texts, which lack the status of a refused handshake. */
const BY_TEXT: readonly (readonly [RegExp, string])[] = [
	[/connection refused/, "connect_refused"],
	[/reset by peer|broken pipe|unexpected EOF|close 1006/, "connection_reset"],
	[/websocket: close \d+/, "closed_by_server"],
	[/no such host/, "dns"],
	[/x509|tls:/, "tls"],
	[/bad handshake/, "handshake_refused"],
	[/i\/o timeout|deadline exceeded/, "connect_timeout"],
];

/** The kind of a WebSocket error event. */
export function kindOfSocketError(text: string): string {
	return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? "transport_error";
}
