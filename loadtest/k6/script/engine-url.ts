/** URLs of Engine.IO requests. */

/** The parts that all requests of a session share; `query` is the user's own, without a leading `&`. */
export interface EngineTarget {
	readonly origin: string;
	readonly socketPath: string;
	readonly query: string;
}

let requests = 0;

/** The URL of a polling request; `t` differs each time to bypass caches, as in browsers. */
export function pollingUrl(target: EngineTarget, sid: string | null): string {
	requests += 1;
	return engineUrl(target.origin, target, "polling", sid, `&t=${requests.toString(36)}`);
}

/** The URL of a WebSocket; with a sid it is an upgrade. */
export function socketUrl(
	target: EngineTarget,
	transport: "websocket" | "flashsocket",
	sid: string | null,
): string {
	return engineUrl(target.origin.replace(/^http/, "ws"), target, transport, sid, "");
}

function engineUrl(
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
