/** A session's options as socket.io-client takes them. */
import type { ManagerOptions, SocketOptions } from "socket.io-client";
import { tlsOptions } from "../../plan/tls-files.ts";
import { agentFor, type Wire } from "../transport/agent.ts";
import { optionsFor } from "../transport/transport.ts";
import type { SessionOptions } from "./session.ts";

/** socket.io-client takes the namespace from the URL's path. */
export function addressOf(url: URL, namespace: string): string {
	if (namespace === "") return url.href;
	return `${url.origin}/${namespace.replace(/^\//, "")}`;
}

/** Node's fetch takes no agent, and `--polling-agent default` has none: cookies are then the client's own. */
function hasAgent({ keepAlive, transport }: SessionOptions): boolean {
	return keepAlive && transport !== "polling-fetch";
}

/** The options of its socket and Manager. */
export function socketOptions(
	options: SessionOptions,
	url: URL,
	wire: Wire,
): Partial<ManagerOptions & SocketOptions> {
	const { source, plain, cookies, insecure, tls, resolve } = options;
	return {
		...optionsFor(options.transport, options.plain),
		forceNew: true,
		// Answers are counted from the first packet on.
		autoConnect: false,
		reconnection: options.reconnection,
		rememberUpgrade: false,
		timeout: options.connectTimeout * 1000,
		path: options.socketPath,
		rejectUnauthorized: !options.insecure,
		auth: options.auth,
		...(options.parser !== undefined && { parser: options.parser }),
		...(Object.keys(options.query).length > 0 && { query: { ...options.query } }),
		...(Object.keys(options.headers).length > 0 && { extraHeaders: { ...options.headers } }),
		// The types are the browser's; in Node this is an http.Agent.
		...(hasAgent(options)
			? {
					agent: agentFor(url, wire, {
						source,
						plain,
						cookies,
						insecure,
						tls,
						resolve,
					}) as unknown as boolean,
				}
			: { withCredentials: cookies, ...tlsOptions(tls) }),
	};
}
