/**
 * The WebSocket server under Engine.IO, with tighter limits on what an unfinished message may hold. Engine.IO
 * hands its `wsEngine` four options only, so the limits need a class of their own (ws #2331: an endless
 * message of 1-byte fragments pinned 13.5 MB within ws's own limit of 16 384).
 */
import { type ServerOptions, WebSocketServer } from "ws";

/** Browsers cut a message into frames of 128 KiB, proxies into 4 KiB: 1 MB stays under 256. */
export const MAX_FRAGMENTS = 1_024;

/** Pieces of one frame as they came from the network: 1 MB in single TCP segments is about 700. */
export const MAX_BUFFERED_CHUNKS = 8_192;

/** To be given to `new Server(…, { wsEngine })`. */
export class LimitedWebSocketServer extends WebSocketServer {
	constructor(options: ServerOptions) {
		super({
			...options,
			maxFragments: MAX_FRAGMENTS,
			maxBufferedChunks: MAX_BUFFERED_CHUNKS,
		} as ServerOptions);
	}
}
