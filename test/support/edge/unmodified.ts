/** Socket.IO servers that know nothing of the edge, in this process, and an edge in front of them. */
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { edgeDefaults, type RunningEdge, startEdge } from "../../../worker/selfhost/edge.ts";
import { secureFetch } from "./secure-fetch.ts";

export const TOKEN = "no-check-token";
/** One probe a second, and each changes the state. */
export const QUICK = {
	stickiness: "rewrite",
	health: { interval: 1, timeout: 1, rise: 1, fall: 1 },
	slow_start: 0,
};

/** A socket.io server whose other paths `others` answers; null = a bare createServer(), which never answers them. */
export class Unmodified implements AsyncDisposable {
	readonly http: HttpServer;
	readonly io: Server;

	private constructor(others: RequestListener | null, keepAliveTimeout: number) {
		this.http = others === null ? createServer() : createServer(others);
		this.http.keepAliveTimeout = keepAliveTimeout;
		this.io = new Server(this.http);
	}

	static async start(others: RequestListener | null, port = 0, keepAliveTimeout = 75_000) {
		const node = new Unmodified(others, keepAliveTimeout);
		await listen(node.http, port);
		return node;
	}

	get url() {
		return urlOf(this.http);
	}

	async [Symbol.asyncDispose]() {
		const closed = this.io.close();
		this.http.closeAllConnections();
		await closed;
	}
}

/** Listens on loopback; 0 = any free port. */
export async function listen(http: HttpServer, port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		http.once("error", reject);
		http.listen(port, "127.0.0.1", resolve);
	});
}

/** The base URL of a server that listens. */
export const urlOf = (http: HttpServer) => `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
/** A listener that answers every path alike. */
export const status =
	(code: number, headers: Record<string, string> = {}): RequestListener =>
	(_request, response) =>
		void response.writeHead(code, headers).end("x");

/** Starts an edge with quick checks in front of the given addresses. */
export async function edgeFor(
	urls: Readonly<Record<string, string>>,
	changes: EdgeChanges = {},
): Promise<RunningEdge> {
	const nodes = Object.entries(urls).map(([id, url]) => ({ id, url, ...changes.nodes?.[id] }));
	return startEdge({
		...(await edgeDefaults()),
		token: TOKEN,
		stateFolder: changes.stateFolder ?? null,
		log: (line) => changes.log?.push(line),
		variables: { POOL_APP: { ...QUICK, ...changes.pool, nodes } },
	});
}

/** Fields of POOL_APP and of its nodes by id; where the state is kept; gets the lines that workerd prints. */
export interface EdgeChanges {
	readonly pool?: Readonly<Record<string, unknown>>;
	readonly nodes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly stateFolder?: string;
	readonly log?: string[];
}

/** Reads a path under `/__edge/` with the token. */
export async function own(edge: RunningEdge, path: string): Promise<string> {
	const headers = { authorization: `Bearer ${TOKEN}` };
	return (await secureFetch(`${edge.https}/__edge/${path}`, { headers })).body;
}
