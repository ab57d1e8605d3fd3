/** Every limit of this cluster's nodes, with its reason. Copy what your own application needs. */
import { type ServerOptions, WebSocketServer } from "ws";

/** Longer than any edge keeps an idle connection in its pool, so that the node is never the first to close it. */
export const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** For clients that send their headers slowly. Idle keep-alive connections are not affected (measured on Node 24). */
export const HEADERS_TIMEOUT_MS = 20_000;

/** For clients that send their body slowly. It covers receiving the request only, so a held poll is not affected. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** A session without Socket.IO's connect packet is dropped after this time; Socket.IO's default is 45 s. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** For a POST body and a WebSocket message; clients are told it as `maxPayload`. */
export const MAX_MESSAGE_BYTES = 1_000_000;

/** Engine.IO's heartbeat. The edge's timeout for a held poll must be longer than the sum of the two. */
export const PING_INTERVAL_MS = 25_000;
export const PING_TIMEOUT_MS = 20_000;

/** How long a client can be away and still get what it missed (with Redis). */
export const RECOVERY_WINDOW_MS = 120_000;

/** Browsers split a message into frames of 128 KiB, proxies into frames of 4 KiB: 1 MB has fewer than 256. */
export const MAX_FRAGMENTS = 1_024;

/** Pieces of one frame as they arrive from the network: 1 MB in single TCP segments is about 700. */
export const MAX_BUFFERED_CHUNKS = 8_192;

/**
 * For `new Server(…, { wsEngine })`: limits what an unfinished message can hold. An endless message of 1-byte
 * fragments used 13.5 MB within the default limit of ws, 16,384 fragments (https://github.com/websockets/ws/issues/2331). It must be a class,
 * because Engine.IO passes only four options to its `wsEngine`.
 */
export class LimitedWebSocketServer extends WebSocketServer {
	constructor(options: ServerOptions) {
		super({
			...options,
			maxFragments: MAX_FRAGMENTS,
			maxBufferedChunks: MAX_BUFFERED_CHUNKS,
		} as ServerOptions);
	}
}
