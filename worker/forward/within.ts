/** A time limit on a wait, without a signal: the signal of a fetch outlives its headers and would cut a live WebSocket. */

/** Thrown by `within` when the time is over. */
export class Late extends Error {}

/** What `wait` gives, if it does so within `milliseconds`; else throws `Late`, after `onLate`. The timer never outlives the wait. */
export async function within<T>(
	milliseconds: number,
	wait: Promise<T>,
	onLate: () => void = () => {},
): Promise<T> {
	const limit = Promise.withResolvers<never>();
	const timer = setTimeout(() => {
		onLate();
		limit.reject(new Late());
	}, milliseconds);
	try {
		return await Promise.race([wait, limit.promise]);
	} finally {
		clearTimeout(timer);
	}
}
