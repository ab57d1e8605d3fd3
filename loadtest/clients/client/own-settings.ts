/** What a scenario's `session` says about one session: asked before it is opened, and before each reconnection. */
import type { Socket } from "socket.io-client";
import type { SessionSettings } from "../../plan/scenario.ts";
import type { Wire } from "../transport/agent.ts";
import { awaitOwn, ownFailure } from "./own-code.ts";
import type { SessionOptions } from "./session.ts";

const KEYS: readonly string[] = ["auth", "headers", "query", "namespace"] satisfies (keyof SessionSettings)[];

export type OwnSettings = Pick<SessionOptions, "auth" | "headers" | "query" | "namespace">;

/** The session's settings, those of the scenario's `session` added. Rejects with an OpenFailure. */
export async function settingsOf(given: SessionOptions, wire: Wire, url: URL): Promise<OwnSettings> {
	const { auth, headers, query, namespace, connectTimeout } = given;
	if (given.session === null) return { auth, headers, query, namespace };
	const own = await awaitOwn("session", connectTimeout, given.session(wire.cookies.fetchFor(url)));
	checkSettings(own);
	return {
		auth: { ...auth, ...own.auth },
		headers: { ...headers, ...own.headers },
		query: { ...query, ...own.query },
		namespace: own.namespace ?? namespace,
	};
}

/** A misspelled key would be a session without its token. */
function checkSettings(own: unknown): void {
	const isObject = typeof own === "object" && own !== null;
	const unknown = isObject ? Object.keys(own).find((key) => !KEYS.includes(key)) : undefined;
	if (isObject && unknown === undefined) return;
	const why = isObject ? `the unknown key ${unknown}` : "no object";
	throw ownFailure("session", new Error(`it returned ${why}; return any of ${KEYS.join(", ")}`));
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
