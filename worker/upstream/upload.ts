/** Bodies outside Engine.IO, on their way to a node while they arrive. */
import type { Pool } from "../config/pool.ts";
import { DeadlineExceeded, SilenceTimer } from "../deadline.ts";
import type { ParsedRequest } from "../request/url.ts";

/** The client stopped sending the body. */
export class ClientIdle extends Error {
	override readonly name = "ClientIdle";
}

/**
 * A request's body on its way to a node, passed on chunk by chunk, so that it is known at any time whose turn it is:
 * the client's to send, or the node's to read or answer.
 */
export class Upload {
	/** What `fetch` sends. */
	readonly stream: ReadableStream;
	readonly #timer = new SilenceTimer();
	readonly #idleMs: number;
	/** Whose turn it is. */
	#awaited: "client" | "node" = "client";
	/** Called with each change of turns, while an answer is awaited. */
	#onTurn: () => void = () => {};

	/** `length`: bytes by the Content-Length, null = chunked. `idleMs`: the longest pause of the client. */
	constructor(body: ReadableStream, length: number | null, idleMs: number) {
		const pipe = length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
		this.stream = pipe.readable;
		this.#idleMs = idleMs;
		void this.#pump(body.getReader(), pipe.writable.getWriter());
	}

	/**
	 * The node's answer, with its headers. Rejects with `ClientIdle` when the client sends nothing for `idleMs`, with
	 * `DeadlineExceeded` when the node neither reads nor answers for `silenceMs`; aborts `controller` in both cases.
	 */
	untilAnswer(answer: Promise<Response>, silenceMs: number, controller: AbortController): Promise<Response> {
		return new Promise((resolve, reject) => {
			const end = (error: Error) => {
				reject(error);
				controller.abort();
			};
			this.#onTurn = () => {
				if (this.#awaited === "client") this.#timer.allow(this.#idleMs, () => end(new ClientIdle()));
				else this.#timer.allow(silenceMs, () => end(new DeadlineExceeded()));
			};
			this.#onTurn();
			answer.then(resolve, reject).finally(() => {
				this.#onTurn = () => {};
				this.#timer.stop();
			});
		});
	}

	/** Never rejects: a client that leaves, or a node that closes its connection, ends the fetch too. */
	async #pump(
		reader: ReadableStreamDefaultReader<Uint8Array>,
		writer: WritableStreamDefaultWriter<Uint8Array>,
	): Promise<void> {
		try {
			for (;;) {
				this.#turn("client");
				const { value, done } = await reader.read();
				this.#turn("node");
				if (done) break;
				await writer.write(value);
			}
			await writer.close();
		} catch (error) {
			await Promise.allSettled([writer.abort(error), reader.cancel(error)]);
		}
	}

	#turn(awaited: "client" | "node"): void {
		this.#awaited = awaited;
		this.#onTurn();
	}
}

/** The body of a request outside Engine.IO; null for all others. `fetch` rejects a GET or HEAD with a body, which must not make the node look failed. */
export function uploadOf(parsed: ParsedRequest, body: ReadableStream | null, pool: Pool): Upload | null {
	const { method, enginePath, headers } = parsed;
	if (enginePath !== null || method === "GET" || method === "HEAD" || body === null) return null;
	const length = Number(headers.contentLength ?? Number.NaN);
	return new Upload(body, Number.isSafeInteger(length) ? length : null, pool.timeouts.bodyIdle);
}
