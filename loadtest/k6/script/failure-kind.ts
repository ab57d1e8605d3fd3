/** What went wrong, as the word results count it by; the same words as the swarm's (clients/failure.ts). */
import { engineErrorCode } from "../codec/engine.ts";

/** k6's own numbers for failed requests (k6: lib/netext/httpext/error_codes.go). */
const BY_NUMBER: Readonly<Record<number, string>> = {
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

/** A failed request: k6's error number (0 = none), the status (0 = none), the body. */
export function kindOfResponse(errorNumber: number, status: number, body: string): string {
	const engine = status >= 400 ? engineErrorCode(body) : null;
	if (engine !== null) return `engine_${engine}`;
	if (status >= 300) return `http_${status}`;
	return BY_NUMBER[errorNumber] ?? "transport_error";
}

/** A WebSocket's error tells its cause only in Go's words; the status of a refused handshake is not among them. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
	[/connection refused/, "connect_refused"],
	[/reset by peer|broken pipe|unexpected EOF|close 1006/, "connection_reset"],
	[/websocket: close \d+/, "closed_by_server"],
	[/no such host/, "dns"],
	[/x509|tls:/, "tls"],
	[/bad handshake/, "handshake_refused"],
	[/i\/o timeout|deadline exceeded/, "connect_timeout"],
];

/** A WebSocket's error event. */
export function kindOfSocketError(text: string): string {
	return BY_WORDS.find(([words]) => words.test(text))?.[1] ?? "transport_error";
}
