/** Watches a session from its first byte: what the handshake says, and whether the session ends. */
import type { Socket } from "socket.io-client";
import { type CloseReason, closeReason } from "../../record/error-kinds.ts";
import { nowUs } from "../pacing/clock.ts";
import { detailOf, kindOf, OpenFailure, UNNAMED } from "./failure.ts";

/** What socket.io-client says about an end beside its reason: the WebSocket's close event, or an error. */
export interface EndDetails {
	readonly context?: { readonly code?: unknown; readonly reason?: unknown };
}

/** Why a session ended. */
export interface SessionEnd {
	/** `io_server_disconnect` and so on: the key under which results count it. */
	readonly kind: CloseReason;
	readonly text: string;
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
	ended: SessionEnd | null = null;
	/** The transports that the server's handshake offers for an upgrade. */
	readonly upgrades: Promise<readonly string[]>;
	/** Rejects when the session ends; another one for each session of the client. */
	#end = Promise.withResolvers<never>();

	constructor(socket: Socket) {
		const handshake = new Promise<readonly string[]>((resolve) => {
			socket.io.engine.once("handshake", ({ maxPayload, upgrades }) => {
				this.handshakeAt = nowUs();
				this.maxPayload = maxPayload ?? 0;
				resolve(upgrades);
			});
		});
		this.upgrades = handshake;
		this.#end.promise.catch(() => {});
		socket.on("disconnect", (reason, details) => {
			const end = endOf(reason, details as EndDetails);
			this.ended = end;
			const cause = details instanceof Error ? kindOf(details) : UNNAMED;
			const kind = cause === UNNAMED ? end.kind : cause;
			this.#end.reject(new OpenFailure(kind, `${end.text} ${this.stage}`));
		});
		socket.on("connect", () => {
			if (this.ended !== null) {
				this.#end = Promise.withResolvers<never>();
				this.#end.promise.catch(() => {});
			}
			this.stage = "after the Socket.IO connect";
			this.ended = null;
		});
	}

	/** The promise's value, or the session's end if that comes first. */
	unlessEnded<T>(promise: Promise<T>): Promise<T> {
		return Promise.race([promise, this.#end.promise]);
	}
}

/** A WebSocket's close frame without a code (RFC 6455, section 7.1.5). */
const NO_CODE = 1005;

/** A session's end: socket.io-client's reason, and what the other side said about it. */
export function endOf(reason: string, details: EndDetails | undefined): SessionEnd {
	const { code, reason: said } = details?.context ?? {};
	const message = details instanceof Error ? detailOf(details) : "";
	const parts = [
		typeof code === "number" && code !== NO_CODE ? `code ${code}` : "",
		typeof said === "string" ? said : "",
		message,
	].filter(Boolean);
	const text = parts.length > 0 ? `${reason} (${parts.join(", ")})` : reason;
	return { kind: closeReason(reason), text };
}

/** Throws an OpenFailure for a message (its event and arguments) that the server would answer by closing the session. */
export function refuseOversized(message: readonly unknown[], maxPayload: number): void {
	if (maxPayload === 0) return;
	const bytes = largestPart(message);
	if (bytes <= maxPayload) return;
	const [has, takes] = [bytes, maxPayload].map((number) => number.toLocaleString("en-US"));
	throw new OpenFailure(
		"payload_too_large",
		`the message has ${has} bytes, and the server's maxPayload is ${takes}`,
	);
}

/** Bytes of the longest of a message's parts: its JSON, and each attachment, which is sent as a message of its own. */
function largestPart(message: readonly unknown[]): number {
	const attached: number[] = [];
	const json = JSON.stringify(message, function (this: Record<string, unknown>, key, value) {
		// A Buffer's own toJSON has been called already.
		const given = this[key];
		if (!ArrayBuffer.isView(given) && !(given instanceof ArrayBuffer)) return value;
		return { _placeholder: true, num: attached.push(given.byteLength) - 1 };
	});
	return Math.max(Buffer.byteLength(json), ...attached);
}
