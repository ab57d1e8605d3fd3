/** Addresses of Engine.IO requests. */

/** What every request of one session has in common; `query` is the user's own, without `&` before it. */
export interface EngineTarget {
	readonly origin: string;
	readonly socketPath: string;
	readonly query: string;
}

let requests = 0;

/** A polling request's address; `t` differs each time, as browsers do to pass caches. */
export function pollingUrl(target: EngineTarget, sid: string | null): string {
	requests += 1;
	return address(target.origin, target, "polling", sid, `&t=${requests.toString(36)}`);
}

/** A WebSocket's address; with a sid it is an upgrade. */
export function socketUrl(
	target: EngineTarget,
	transport: "websocket" | "flashsocket",
	sid: string | null,
): string {
	return address(target.origin.replace(/^http/, "ws"), target, transport, sid, "");
}

function address(
	origin: string,
	{ socketPath, query }: EngineTarget,
	transport: string,
	sid: string | null,
	rest: string,
): string {
	const own = query === "" ? "" : `&${query}`;
	const session = sid === null ? "" : `&sid=${sid}`;
	return `${origin}${socketPath}?EIO=4&transport=${transport}${own}${session}${rest}`;
}
