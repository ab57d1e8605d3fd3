/** What a scenario's `session` says about one session: asked before it is opened, and before each reconnection. */
import { validateHeaderName, validateHeaderValue } from "node:http";
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

/** A misspelled key, or a token in place of the auth that holds it, would be a session without its token. */
export function checkSettings(own: unknown): void {
	const refuse: (why: string) => never = (why) => {
		throw ownFailure("session", new Error(`it returned ${why}`));
	};
	if (!isTable(own)) refuse(`no object; return any of ${KEYS.join(", ")}`);
	const unknown = Object.keys(own).find((key) => !KEYS.includes(key));
	if (unknown !== undefined) refuse(`the unknown key ${unknown}; return any of ${KEYS.join(", ")}`);
	const { auth = {}, headers = {}, query = {}, namespace = "" } = own;
	if (!isTable(auth)) refuse("an auth that is not an object; write for example { auth: { token } }");
	if (typeof namespace !== "string") refuse("a namespace that is not a string");
	for (const [key, table] of Object.entries({ headers, query })) {
		if (!isTable(table)) refuse(`${key} that are not an object of strings`);
		const wrong = Object.keys(table).find((name) => typeof table[name] !== "string");
		if (wrong !== undefined) refuse(`${key} in which ${wrong} is not a string`);
	}
	for (const [name, value] of Object.entries(headers as Record<string, string>)) {
		try {
			validateHeaderName(name);
			validateHeaderValue(name, value);
		} catch {
			refuse(`a header ${JSON.stringify(name)} with a character that HTTP does not allow; encode it`);
		}
	}
}

function isTable(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Before each reconnection the scenario is asked again: its token may have expired. */
export function renewSettings(socket: Socket, settings: () => Promise<OwnSettings>): void {
	const manager = socket.io;
	const open = manager.open.bind(manager);
	manager.open = (opened) => {
		settings().then(
			({ auth, headers, query }) => {
				// Closed meanwhile.
				if (!socket.active) return;
				socket.auth = auth;
				Object.assign(manager.opts, { extraHeaders: headers, query });
				open(opened);
			},
			(error: Error) => opened?.(error),
		);
		return manager;
	};
}
