/** Engine.IO over `k6/websockets`. */
import { type ErrorEvent, type MessageEvent, WebSocket } from "k6/websockets";
import type { ErrorKind } from "../../record/error-kinds.ts";
import { decodeFrame, type EnginePacket, encodeFrame } from "../codec/engine.ts";
import { ProtocolError } from "../codec/frame.ts";
import { epochOfRun, now } from "./clock.ts";
import { kindOfText } from "./failure-kind.ts";
import type { Link, LinkEvents, LinkOptions } from "./link.ts";

/** A link over a WebSocket: one Engine.IO packet per message. */
export class WebSocketLink implements Link {
	readonly #socket: WebSocket;
	readonly #events: LinkEvents;
	#problem: ErrorKind | null = null;
	#closing = false;

	/** Starts to connect; calls `opened` when packets can be sent. */
	constructor(url: string, name: string, options: LinkOptions, events: LinkEvents, opened: () => void) {
		this.#events = events;
		// The name tag replaces the URL, so that sid and query stay out of the samples.
		this.#socket = new WebSocket(url, null, { headers: { ...options.headers }, tags: { name } });
		this.#socket.binaryType = "arraybuffer";
		this.#socket.onopen = () => opened();
		this.#socket.onmessage = (event) => event && this.#received(event);
		this.#socket.onerror = (event) => this.#failed(event);
		this.#socket.onclose = () => events.closed(this.#problem ?? (this.#closing ? null : "transport_close"));
	}

	/** k6 timestamps a message when it reads it from the network, before the message waits for the script. */
	#received(event: MessageEvent): void {
		const at = event.timestamp - epochOfRun();
		try {
			const packet = decodeFrame(event.data as string | ArrayBuffer);
			this.#events.packet(packet, { at, lag: Math.max(0, now() - at), stamped: true }, null);
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			this.#problem = "parse_error";
			this.close();
		}
	}

	#failed(event: ErrorEvent | undefined): void {
		this.#problem ??= kindOfText(event?.error ?? "");
	}

	send(packets: readonly EnginePacket[]): void {
		// `send` throws if the server has closed the socket in the meantime.
		if (this.#socket.readyState !== 1) return;
		for (const packet of packets) this.#socket.send(encodeFrame(packet));
	}

	close(): void {
		this.#closing = true;
		this.#socket.close();
	}
}
