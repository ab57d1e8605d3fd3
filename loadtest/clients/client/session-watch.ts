/** Watches a session from its first byte: what the handshake says, and whether the session ends. */
import type { Socket } from "socket.io-client";
import { nowUs } from "../pacing/clock.ts";
import { OpenFailure } from "./failure.ts";
import type { AckedMessage } from "./session.ts";

/** What socket.io-client says about an end beside its reason: the WebSocket's close event, or an error. */
export interface EndDetails {
	readonly message?: unknown;
	readonly context?: { readonly code?: unknown; readonly reason?: unknown };
}

/** One session's handshake and end. */
export class SessionWatch {
	/** When the Engine.IO handshake was answered (monotonic µs); 0 = not yet. */
	handshakeAt = 0;
	/** The largest message that the server accepts, in bytes; 0 = it did not say. */
	maxPayload = 0;
	/** What the session was doing, for the text of a failure. */
	stage = "before the Socket.IO connect";
	/** Why the session ended; null while it lasts. */
	ended: OpenFailure | null = null;
	readonly #end: Promise<never>;

	constructor(socket: Socket) {
		socket.io.engine.once("handshake", ({ maxPayload }) => {
			this.handshakeAt = nowUs();
			this.maxPayload = maxPayload ?? 0;
		});
		this.#end = new Promise((_, reject) => {
			socket.on("disconnect", (reason, details) => {
				this.ended = new OpenFailure(
					kindOfEnd(reason),
					`${endText(reason, details as EndDetails)} ${this.stage}`,
				);
				reject(this.ended);
			});
		});
		this.#end.catch(() => {});
		socket.on("connect", () => {
			this.stage = "after the Socket.IO connect";
			this.ended = null;
		});
	}

	/** The promise's value, or the session's end if that comes first. */
	unlessEnded<T>(promise: Promise<T>): Promise<T> {
		return Promise.race([promise, this.#end]);
	}
}

/** `io_server_disconnect` and so on: the key under which results count it. */
export function kindOfEnd(reason: string): string {
	return reason.replaceAll(" ", "_");
}

/** The reason and what the other side said about it. */
export function endText(reason: string, details: EndDetails | undefined): string {
	const { code, reason: said } = details?.context ?? {};
	const message = typeof details?.message === "string" ? details.message : "";
	const parts = [
		typeof code === "number" && code > 0 ? `code ${code}` : "",
		typeof said === "string" ? said : "",
		message,
	].filter(Boolean);
	return parts.length > 0 ? `${reason} (${parts.join(", ")})` : reason;
}

/** Throws an OpenFailure for a message that the server would answer by closing the session. */
export function refuseOversized({ event, payload }: AckedMessage, maxPayload: number): void {
	if (maxPayload === 0) return;
	const bytes = ArrayBuffer.isView(payload)
		? payload.byteLength
		: Buffer.byteLength(JSON.stringify([event, payload]));
	if (bytes <= maxPayload) return;
	const [has, takes] = [bytes, maxPayload].map((number) => number.toLocaleString("en-US"));
	throw new OpenFailure(
		"payload_too_large",
		`the message has ${has} bytes, and the server's maxPayload is ${takes}`,
	);
}
