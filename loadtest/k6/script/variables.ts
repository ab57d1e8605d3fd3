/** The environment variables of the scripts, each with its line; the README's table is tested against it. */
export const VARIABLES = {
	SIO_URL: "target origins, comma-separated; a path is the Socket.IO namespace",
	SIO_SCENARIO: "`echo` (sessions that stay and send) or `connect` (sessions that come and go)",
	SIO_CLIENTS: "sessions at once",
	SIO_RATE: "messages a second over all sessions; `connect`: sessions a second",
	SIO_DURATION: "seconds of measurement",
	SIO_WARMUP: "seconds between the last session's arrival and the first message",
	SIO_CONNECT_RATE: "sessions opened a second before `echo` begins",
	SIO_PAYLOAD: "bytes of each message",
	SIO_BINARY: "`1`: the payload is bytes, not text",
	SIO_EVENT: "the event sent, acknowledged by the application",
	SIO_AUTH: "JSON object given to the namespace at connect",
	SIO_QUERY: "added to the query of the Engine.IO handshake: `a=1&b=2`",
	SIO_HEADERS: "JSON object of headers for every request and upgrade",
	SIO_PATH: "where Engine.IO lives at the target",
	SIO_ACK_TIMEOUT: "seconds until a message counts as lost",
	SIO_CONNECT_TIMEOUT: "seconds until opening a session is given up",
	SIO_INSECURE: "`1`: trust any certificate",
	SIO_TLS_MIN: "`tls1.2` or `tls1.3`",
	SIO_CERT: "PEM file of a client certificate",
	SIO_KEY: "PEM file of its key",
	SIO_ACK_P95_MS: "threshold: p95 of the response time, ms",
	SIO_LOOP_LAG_P95_MS: "threshold: p95 of the generator's own lag, ms",
	SIO_ACKED_SHARE: "threshold: share of messages acknowledged",
	SIO_CONNECTED_SHARE: "threshold: share of sessions that opened",
} as const;
export type Variable = keyof typeof VARIABLES;

/** A setting that cannot be used. `value` null = not to be repeated, it may be a secret. */
export class SettingError extends Error {
	readonly variable: Variable;
	readonly value: string | null;
	readonly cure: string;
	constructor(variable: Variable, value: string | null, cure: string) {
		super(`${variable}${value ? ` "${value}"` : ""}: ${cure}`);
		this.variable = variable;
		this.value = value;
		this.cure = cure;
	}
}
