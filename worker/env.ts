/** Bindings of the Worker, from wrangler.toml or the self-hosted configuration. Objects may arrive as JSON text. */
export interface Env {
	/** "cloudflare" or "workerd": which platform's client-IP information to trust. */
	readonly EDGE_PLATFORM?: string;
	/** Settings of the frontend; see config/config.ts. */
	readonly EDGE?: unknown;
	/** Host and path prefix → pool; not needed with a single pool. */
	readonly ROUTES?: unknown;
	/** One for each pool: POOL_APP is the pool "app". */
	readonly [pool: `POOL_${string}`]: unknown;
	/** Secret sent to the nodes as `x-edge-auth`. */
	readonly EDGE_NODE_SECRET?: string;
	/** Token for `/__edge/`; without it every path there answers 404. */
	readonly EDGE_TOKEN?: string;
	/** Location hint for the Durable Objects: near the nodes they probe (wnam, enam, weur …). */
	readonly EDGE_LOCATION?: string;
	/** The Durable Objects; without them each isolate relies on the failures it sees itself. */
	readonly MONITOR?: DurableObjectNamespace;
	readonly LEDGER?: DurableObjectNamespace;
	/** Self-hosted with a state process: a service that runs both Durable Objects. */
	readonly STATE?: Fetcher;
	/** Cloudflare's rate limiter for handshakes by client, where one is configured. */
	readonly HANDSHAKE_LIMITER?: RateLimit;
	/** Self-hosted: the port of the https socket, for redirects, and the one that clients reach it by, where that differs. */
	readonly EDGE_HTTPS_PORT?: string;
	readonly EDGE_PUBLIC_HTTPS_PORT?: string;
}
