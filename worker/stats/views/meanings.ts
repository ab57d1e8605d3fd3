/** What each number of the statistics means: the page's column titles, and the HELP of the metrics. */

/** By the name of the counter; worker/README.md, "Statistics", explains them at length. */
export const MEANINGS = {
	requests: "requests",
	picks: "times a node was chosen",
	sticky: "requests of a session that reached its node",
	gone: "requests answered code 1",
	denied: "requests denied by policy",
	no_node: "requests that no node took",
	unreachable: "node unreachable, or connection closed",
	timeouts: "no headers in time",
	server_errors: "5xx sent by the node, or an answer that cannot be forwarded",
	refused: "handshakes refused by a draining or full node",
	retries: "attempts followed by another",
	redispatches: "requests retried on another node",
	upgrades_tried: "upgrades requested",
	upgrades_done: "upgrades answered 101",
	bytes_in: "bytes of requests with a Content-Length",
	bytes_out: "bytes of answers with a Content-Length",
	redirected: "plain http redirected with 308",
	plain_upgrades: "plain http upgrades refused with 426",
	tls_1_3: "TLS 1.3",
	tls_1_2: "TLS 1.2",
	tls_unknown: "TLS, version unknown",
	plain_http: "plain http",
	no_route: "requests that match no route",
	log_lines: "log lines written",
	log_suppressed: "log lines left out",
	failed_tokens: "requests with a wrong token",
} as const;
export type ExplainedCounter = keyof typeof MEANINGS;

export const LIVE = "live sessions, as the nodes last reported them";
export const LIVE_MAX = "maximum of the live sessions";
export const TOTAL = "Engine.IO sessions opened; requests outside Engine.IO";
export const WAIT = "average time until a node's headers; polls are not included";
