/** The environment variables of the scripts, each with its description; a test compares the README's table with them. */
export const VARIABLES = {
	SIO_URL: "target URLs, comma-separated; the path is the Socket.IO namespace",
	SIO_PATH_NAME: "name of the path, in the result and as `{path}`",
	SIO_SCENARIO: "`echo` (sessions that stay and send) or `connect` (sessions that come and go)",
	SIO_CLIENTS: "sessions at once",
	SIO_RATE: "messages per second over all sessions; with `connect`: sessions per second",
	SIO_DURATION: "seconds of measurement",
	SIO_WARMUP: "seconds between the arrival of the last session and the first message",
	SIO_CONNECT_RATE: "sessions opened per second before `echo` starts to send",
	SIO_PAYLOAD: "bytes per message",
	SIO_BINARY: "`1`: send the payload as bytes, not as text",
	SIO_MESSAGE: 'message to send instead of the payload: a JSON template such as `{"user":{n},"id":{seq}}`',
	SIO_ARGS: 'several arguments instead of one message: a JSON template such as `["room",{"id":{seq}}]`',
	SIO_EVENT: "the event to send, which the application must acknowledge",
	SIO_NAMESPACE: "the namespace, instead of the URL's path: a template",
	SIO_AUTH: "JSON object, sent as `auth` when connecting to the namespace: a template",
	SIO_QUERY: "added to the query of the Engine.IO handshake, `a=1&user={n}`: a template",
	SIO_HEADERS: "JSON object of headers for every request and upgrade; their values are templates",
	SIO_SEED: "seed of `{random}`",
	SIO_PATH: "the Engine.IO path at the target",
	SIO_ACK_TIMEOUT: "seconds after which a message counts as lost",
	SIO_MAX_LOSS: "percentage of messages that may be lost; the run fails above it",
	SIO_CONNECT_TIMEOUT: "seconds after which opening a session counts as failed",
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

/** A setting that is not valid. `value` is null when it may be a secret and must not be printed. */
export class SettingError extends Error {
	readonly variable: Variable;
	readonly value: string | null;
	readonly fix: string;
	constructor(variable: Variable, value: string | null, fix: string) {
		super(`${variable}${value ? ` "${value}"` : ""}: ${fix}`);
		this.variable = variable;
		this.value = value;
		this.fix = fix;
	}
}
