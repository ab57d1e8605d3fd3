/** Every error the edge itself can answer or log: one table. worker/README.md lists the same codes; a test holds them equal. */
export const ERRORS = {
	EDGE_CONFIG: {
		status: 500,
		message: "The edge's configuration is wrong; its log names the field and the cure.",
	},
	EDGE_INTERNAL: { status: 500, message: "The edge failed on this request; its log has the reason." },
	EDGE_NO_ROUTE: { status: 404, message: "No pool is routed for this host and path." },
	EDGE_PLAIN_UPGRADE: {
		status: 426,
		message:
			"WebSocket over plain http is refused here: browsers do not follow redirects on it. Connect with wss:// (https:// in Socket.IO).",
	},
	EDGE_NO_NODE: { status: 503, message: "No node of the pool takes new sessions now. Try again soon." },
	EDGE_FOREIGN_SID: {
		status: 503,
		message: "A node mints session ids that do not lead back to it; the log has the line to add there.",
	},
	EDGE_HANDSHAKE_RATE: {
		status: 503,
		message: "Too many new sessions from this address within a minute. Try again later.",
	},
	EDGE_NODE_FAILED: { status: 502, message: "The node could not be reached or broke off." },
	EDGE_NODE_TIMEOUT: { status: 504, message: "The node did not answer in time." },
	EDGE_TOKEN: {
		status: 401,
		message: "Give the edge's token: as a Bearer token, or as the password of HTTP Basic with any user name.",
	},
	EDGE_OPERATOR: {
		status: 403,
		message:
			"A change needs the header x-edge-operator with your name, and no page of another origin may make it.",
	},
	EDGE_WORD: { status: 400, message: "Not a change that can be made." },
	EDGE_STATE: { status: 503, message: "The Durable Object that keeps this is not bound, or away." },
	EDGE_NOT_FOUND: { status: 404, message: "Not found." },
} as const;

export type ErrorCode = keyof typeof ERRORS;
