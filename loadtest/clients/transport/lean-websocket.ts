/**
 * socket.io-client's WebSocket transport for Node with two detours fewer per message. Nothing differs on the wire:
 * the same `ws`, the same frames. `--plain-client` leaves it out.
 */
import { NodeWebSocket } from "socket.io-client";
import type { WebSocket } from "ws";

/** The parts of Engine.IO's packet and options that are read here. */
interface Packet {
	readonly options?: { readonly compress?: boolean };
}

/** Messages from this size on are compressed, if the server agreed to compression. */
interface Deflate {
	readonly threshold?: number;
}

/** Listens to `ws` directly and hands it bytes. */
export class LeanWebSocket extends NodeWebSocket {
	/** Engine.IO sets `onmessage`, for which `ws` would make a MessageEvent of each message. */
	override createSocket(...options: Parameters<NodeWebSocket["createSocket"]>): WebSocket {
		const ws: WebSocket = super.createSocket(...options);
		Object.defineProperty(ws, "onmessage", {
			set: (listener: (event: { data: unknown }) => void) => {
				ws.on("message", (data: Buffer, isBinary: boolean) =>
					listener({ data: isBinary ? data : `${data}` }),
				);
			},
		});
		return ws;
	}

	/** `ws` writes a string as two pieces, header and text, but bytes as one. */
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
