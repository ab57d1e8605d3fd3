/**
 * socket.io-client's WebSocket transport for Node with two detours fewer per message. Nothing differs on the wire:
 * the same `ws`, the same frames. `--plain-client` leaves it out.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
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

/** As much of a refusal's body as can name its cause, and how long to wait for it. */
const MAX_BODY_BYTES = 2000;
const BODY_LIMIT_MS = 1000;

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
		ws.on("unexpected-response", (_request: ClientRequest, answer: IncomingMessage) => refuse(ws, answer));
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

/** Reports a handshake that was not answered by an upgrade, as `ws` would, but with the answer's text. */
function refuse(ws: WebSocket, answer: IncomingMessage): void {
	let body = "";
	const report = () => {
		clearTimeout(timer);
		answer.removeAllListeners().on("error", () => {});
		answer.destroy();
		const message = `Unexpected server response: ${answer.statusCode}`;
		ws.emit("error", Object.assign(new Error(message), { status: answer.statusCode, responseText: body }));
	};
	const timer = setTimeout(report, BODY_LIMIT_MS);
	answer.on("data", (chunk: Buffer) => {
		body += chunk.toString();
		if (body.length > MAX_BODY_BYTES) report();
	});
	for (const event of ["end", "error", "aborted"]) answer.once(event, report);
}
