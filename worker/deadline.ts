/** Deadlines of requests to nodes: how long the node, or a client that uploads, may be silent. */

/** The node sent no headers in time, or stopped reading the body. */
export class DeadlineExceeded extends Error {
	override readonly name = "DeadlineExceeded";
}

/**
 * A timer for the silence of one party after another, the client and then the node. It sets a new timeout of the
 * runtime only when one is needed sooner, since setting one is measurable in a POST.
 */
export class SilenceTimer {
	#timeout: ReturnType<typeof setTimeout> | null = null;
	/** Epoch ms: when the timeout fires, and when the silence is too long. */
	#firesAt = 0;
	#endsAt = 0;
	#onSilence: () => void = () => {};

	/** Calls `onSilence` in `milliseconds`, instead of what was asked for before. */
	allow(milliseconds: number, onSilence: () => void): void {
		this.#onSilence = onSilence;
		this.#endsAt = Date.now() + milliseconds;
		if (this.#timeout !== null && this.#firesAt <= this.#endsAt) return;
		this.stop();
		this.#set(milliseconds);
	}

	stop(): void {
		if (this.#timeout !== null) clearTimeout(this.#timeout);
		this.#timeout = null;
	}

	#set(milliseconds: number): void {
		this.#firesAt = this.#endsAt;
		this.#timeout = setTimeout(() => {
			this.#timeout = null;
			const leftMs = this.#endsAt - Date.now();
			if (leftMs > 0) this.#set(leftMs);
			else this.#onSilence();
		}, milliseconds);
	}
}

/**
 * Settles as `work` does, or rejects with `DeadlineExceeded` and aborts `controller` when `work` takes longer than
 * `milliseconds`. The timer is stopped as soon as `work` settles, so it never cuts a WebSocket that was opened in
 * time, as `AbortSignal.timeout` would.
 */
export function withDeadline<T>(
	milliseconds: number,
	work: Promise<T>,
	controller: AbortController | null = null,
	timer = new SilenceTimer(),
): Promise<T> {
	return new Promise((resolve, reject) => {
		timer.allow(milliseconds, () => {
			reject(new DeadlineExceeded());
			controller?.abort();
		});
		work.then(
			(value) => {
				timer.stop();
				resolve(value);
			},
			(error: unknown) => {
				timer.stop();
				reject(error);
			},
		);
	});
}
