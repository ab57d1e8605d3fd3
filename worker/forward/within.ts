/** A time limit on a wait, without a signal: the signal of a fetch outlives its headers and would cut a live WebSocket. */

/** Thrown by `within` when the time is over. */
export class Late extends Error {}

/** What `wait` gives, if it does so within `milliseconds`; else throws `Late`, after `onLate`. The timer never outlives the wait. */
export function within<T>(milliseconds: number, wait: Promise<T>, onLate: () => void = () => {}): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			onLate();
			reject(new Late());
		}, milliseconds);
		wait.then(
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
