/** What wrangler (or the self-hosted config) binds to the Worker. Objects may arrive as JSON text. */
export interface Env {
	/** "cloudflare" or "workerd": whose word on the client's address is believed. */
	readonly EDGE_PLATFORM?: string;
	/** Settings of the frontend; see config.ts. */
	readonly EDGE?: unknown;
	/** Host and path prefix → pool; one pool alone needs none. */
	readonly ROUTES?: unknown;
	/** One per pool: POOL_APP is the pool "app". */
	readonly [pool: `POOL_${string}`]: unknown;
	/** Secret sent to the nodes as `x-edge-auth`. */
	readonly EDGE_NODE_SECRET?: string;
	/** Secret that opens `/__edge/`; without it everything there is 404. */
	readonly EDGE_TOKEN?: string;
	/** Where the Durable Objects should live: near the nodes they probe (wnam, enam, weur …). */
	readonly EDGE_LOCATION?: string;
	/** The Durable Objects (state.ts); without them each isolate goes by its own evidence. */
	readonly MONITOR?: DurableObjectNamespace;
	readonly LEDGER?: DurableObjectNamespace;
	/** Self-hosted with a state process: that process, in place of the two. */
	readonly STATE?: Fetcher;
	/** Cloudflare's rate limiter for handshakes, by client; only where one is configured. */
	readonly HANDSHAKE_LIMITER?: RateLimit;
	/** Self-hosted: the port of the https socket, for redirects. */
	readonly EDGE_HTTPS_PORT?: string;
}
