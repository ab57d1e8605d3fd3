/** Deadlines of requests to nodes. They count silence only: a slow upload is the client's, and no fault of the node. */

/** The node sent no headers in time, or stopped reading the body. */
export class DeadlineExceeded extends Error {
	override readonly name = "DeadlineExceeded";
}

/** The client stopped sending the body. */
export class ClientIdle extends Error {
	override readonly name = "ClientIdle";
}

/**
 * Settles as `work` does, or rejects with `DeadlineExceeded` and aborts `controller` when `work` takes longer than
 * `milliseconds`. The timer is cleared as soon as `work` settles, so it never cuts a WebSocket that was opened in
 * time, as `AbortSignal.timeout` would.
 */
export function withDeadline<T>(
	milliseconds: number,
	work: Promise<T>,
	controller: AbortController | null = null,
): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new DeadlineExceeded(`no answer within ${milliseconds} ms`));
			controller?.abort();
		}, milliseconds);
		work.then(
			(value) => {
				clearTimeout(timer);
				resolve(value);
			},
			(error: unknown) => {
				clearTimeout(timer);
				reject(error);
			},
		);
	});
}

/**
 * A request's body on its way to a node, passed on chunk by chunk, so that it is known at any time whose turn it is:
 * the client's to send, or the node's to read or answer.
 */
export class Upload {
	/** What `fetch` sends. */
	readonly stream: ReadableStream;
	readonly #idleMs: number;
	/** Whose turn it is, and since when (epoch ms). */
	#awaited: "client" | "node" = "client";
	#since = Date.now();

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
			let timer: ReturnType<typeof setTimeout>;
			const watch = () => {
				const allowedMs = this.#awaited === "client" ? this.#idleMs : silenceMs;
				const leftMs = this.#since + allowedMs - Date.now();
				if (leftMs > 0) {
					timer = setTimeout(watch, leftMs);
					return;
				}
				reject(this.#awaited === "client" ? new ClientIdle() : new DeadlineExceeded());
				controller.abort();
			};
			watch();
			answer.then(resolve, reject).finally(() => clearTimeout(timer));
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
		this.#since = Date.now();
	}
}
