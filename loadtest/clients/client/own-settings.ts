/** What a scenario's `session` says about one session: asked before it is opened, and before each reconnection. */
import type { Socket } from "socket.io-client";
import type { Wire } from "../transport/agent.ts";
import { withTimeout } from "./failure.ts";
import type { SessionOptions } from "./session.ts";

export type OwnSettings = Pick<SessionOptions, "auth" | "headers" | "query" | "namespace">;

/** The session's settings, those of the scenario's `session` added. Rejects with an OpenFailure. */
export async function settingsOf(given: SessionOptions, wire: Wire, url: URL): Promise<OwnSettings> {
	const { auth, headers, query, namespace, connectTimeout } = given;
	if (given.session === null) return { auth, headers, query, namespace };
	const asked = given.session(wire.cookies.fetchFor(url));
	const own = await withTimeout(connectTimeout * 1000, "session_timeout", "session() did not end", asked);
	return {
		auth: { ...auth, ...own.auth },
		headers: { ...headers, ...own.headers },
		query: { ...query, ...own.query },
		namespace: own.namespace ?? namespace,
	};
}

/** Before each reconnection the scenario is asked again: its token may have expired. */
export function renewSettings(socket: Socket, settings: () => Promise<OwnSettings>): void {
	const manager = socket.io;
	const open = manager.open.bind(manager);
	manager.open = (opened) => {
		settings().then(
			({ auth, headers, query }) => {
				socket.auth = auth;
				Object.assign(manager.opts, { extraHeaders: headers, query });
				open(opened);
			},
			(error: Error) => opened?.(error),
		);
		return manager;
	};
}
