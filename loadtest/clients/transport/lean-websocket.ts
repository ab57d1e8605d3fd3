/**
 * socket.io-client's own WebSocket transport for Node, with two detours less in each message. On the wire nothing
 * differs: the same `ws`, the same frames.
 */
import { NodeWebSocket } from "socket.io-client";
import type { WebSocket } from "ws";

/** Engine.IO's packet and its options, as far as they are read here. */
interface Packet {
	readonly options?: { readonly compress?: boolean };
}

/** The bytes from which messages are compressed, if the server agreed to it at all. */
interface Deflate {
	readonly threshold?: number;
}

/** A transport that hears `ws` itself and hands it bytes. */
export class LeanWebSocket extends NodeWebSocket {
	/** Engine.IO listens by `onmessage`, for which `ws` would make a MessageEvent of each message. */
	override createSocket(...how: Parameters<NodeWebSocket["createSocket"]>): WebSocket {
		const ws: WebSocket = super.createSocket(...how);
		Object.defineProperty(ws, "onmessage", {
			set: (hear: (event: { data: unknown }) => void) => {
				ws.on("message", (data: Buffer, isBinary: boolean) => hear({ data: isBinary ? data : `${data}` }));
			},
		});
		return ws;
	}

	/** A string would be written as two pieces, its head and itself; bytes are written as one. */
	override doWrite(packet: Packet & Parameters<NodeWebSocket["doWrite"]>[0], data: unknown): void {
		if (typeof data !== "string") {
			super.doWrite(packet, data);
			return;
		}
		const bytes = Buffer.from(data);
		const { threshold = 0 } = (this.opts["perMessageDeflate"] || {}) as Deflate;
		const compress = packet.options?.compress === true && bytes.length >= threshold;
		(this.ws as WebSocket).send(bytes, { binary: false, compress });
	}
}
