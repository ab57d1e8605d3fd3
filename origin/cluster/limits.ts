/** Every limit of a node, with its reason. Times are milliseconds, sizes bytes. */

/** Above the time any edge keeps an idle connection pooled, so that the node is never the first to close it. */
export const KEEP_ALIVE_TIMEOUT = 75_000;

/** For headers that trickle in. Measured on Node 24: it does not count while a kept-alive connection is idle. */
export const HEADERS_TIMEOUT = 20_000;

/** Bounds the receiving of a request only, not a held poll: slow POST bodies end here. */
export const REQUEST_TIMEOUT = 30_000;

/** A session that never says `40` (Socket.IO's connect) is dropped after this; Socket.IO's default is 45 s. */
export const CONNECT_TIMEOUT = 10_000;

/** POST body, WebSocket message and the `maxPayload` told to clients. */
export const MAX_MESSAGE = 1_000_000;

/** Engine.IO's heartbeat; the edge's time limit for a held poll is their sum and some. */
export const PING_INTERVAL = 25_000;
export const PING_TIMEOUT = 20_000;

/** How long a client may be away and still get what it missed (with Redis). */
export const RECOVERY_TIME = 120_000;
