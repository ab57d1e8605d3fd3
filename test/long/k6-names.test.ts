/** The swarm's clients and k6 against the same servers in trouble: one cause has one name. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer } from "node:net";
import { Server, type ServerOptions, type Socket } from "socket.io";
import { expect, test } from "vitest";
import { NO_INPUTS } from "../../loadtest/clients/client/inputs.ts";
import { LoadGroup } from "../../loadtest/clients/client/load-group.ts";
import { nowUs } from "../../loadtest/clients/pacing/clock.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { certificateFor } from "../../worker/selfhost/certificate.ts";
import { runK6Command, skipWithoutK6 } from "../support/k6/run.ts";

type K6Transport = "polling" | "websocket" | "upgrade";

/** How long a session lives before its server ends it: longer than it takes to open. */
const LIFE_MS = 1200;

function echo(socket: Socket): void {
	socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
}

/** A Socket.IO server whose other paths answer 404. */
function socketIo(serve: (socket: Socket) => void, options: Partial<ServerOptions> = {}): NetServer {
	const http = createServer((_, response) => response.writeHead(404).end());
	new Server(http, options).on("connection", serve);
	return http;
}

/** Answers every request and every upgrade with a status. */
function statusServer(status: number): NetServer {
	return createServer((_, response) =>
		response.writeHead(status, { location: "https://x.invalid/" }).end(),
	).on("upgrade", (_, socket) =>
		socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
	);
}

function later(act: (socket: Socket) => void): (socket: Socket) => void {
	return (socket) => {
		echo(socket);
		setTimeout(() => act(socket), LIFE_MS);
	};
}

async function untrusted(): Promise<NetServer> {
	const { certFile, keyFile } = await certificateFor(null, null);
	return createTlsServer({ cert: await readFile(certFile), key: await readFile(keyFile) });
}

/** The namespace of the targets, and what their servers do. */
const SERVERS: Record<string, () => NetServer | Promise<NetServer>> = {
	"has a path of its own": () => socketIo(echo, { path: "/own/" }),
	"has no WebSocket": () => socketIo(echo, { transports: ["polling"] }),
	"has only WebSocket": () => socketIo(echo, { transports: ["websocket"] }),
	"is overloaded": () => statusServer(503),
	redirects: () => statusServer(308),
	"hangs up": () => createTcpServer((socket) => socket.once("data", () => socket.destroy())),
	"has an untrusted certificate": untrusted,
	"never answers the event": () => socketIo(() => {}),
	"kicks at once": () => socketIo((socket) => socket.disconnect(true)),
	"closes at once": () => socketIo((socket) => socket.conn.close()),
	"kicks later": () => socketIo(later((socket) => socket.disconnect(true))),
	"closes later": () => socketIo(later((socket) => socket.conn.close())),
};

/** Server, transport, and the error's name; k6 does not see the body of a refused WebSocket handshake, so there it has its own. */
const CASES: [string, K6Transport, string, string?][] = [
	["has a path of its own", "polling", "open_http_404"],
	["has no WebSocket", "websocket", "open_engine_0", "open_http_400"],
	["has no WebSocket", "upgrade", "open_no_upgrade_offered"],
	["has only WebSocket", "polling", "open_engine_0"],
	["is overloaded", "websocket", "open_http_503"],
	["is overloaded", "polling", "open_http_503"],
	["redirects", "websocket", "open_http_308"],
	["redirects", "upgrade", "open_http_308"],
	["hangs up", "polling", "open_connection_reset"],
	["hangs up", "websocket", "open_connection_reset"],
	["has an untrusted certificate", "polling", "open_tls"],
	["has an untrusted certificate", "websocket", "open_tls"],
	["never answers the event", "websocket", "ack_timeout"],
	["kicks at once", "polling", "open_io_server_disconnect"],
	["kicks at once", "websocket", "open_io_server_disconnect"],
	["closes at once", "websocket", "open_transport_close"],
	["kicks later", "polling", "session_io_server_disconnect"],
	["kicks later", "websocket", "session_io_server_disconnect"],
	["closes later", "polling", "session_transport_close"],
	["closes later", "websocket", "session_transport_close"],
];

test.skipIf(skipWithoutK6).concurrent.each(CASES)(
	"a server that %s is %s's %s in both",
	async (what, transport, name, ofK6 = name) => {
		const server = await SERVERS[what]!();
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const scheme = what.endsWith("certificate") ? "https" : "http";
		const url = `${scheme}://127.0.0.1:${port}`;
		try {
			expect(await errorsOfSwarm(url, transport)).toEqual([name]);
			const load = "--clients 1 --rate 5 --duration 2 --ack-timeout 1".split(" ");
			const { result } = await runK6Command([transport, url, ...load]);
			const all = Object.keys(result!.groups[0]!.errors);
			const kinds = all.length > 1 ? all.filter((kind) => !kind.startsWith("ack_")) : all;
			expect(kinds).toEqual([ofK6]);
		} finally {
			if ("closeAllConnections" in server) (server as ReturnType<typeof createServer>).closeAllConnections();
			server.close();
		}
	},
);

/** The errors of one of the swarm's clients, until it has one. */
async function errorsOfSwarm(url: string, transport: K6Transport): Promise<string[]> {
	const plan = planFrom({
		url,
		transports: [transport],
		clients: 1,
		connectTimeout: 2,
		ackTimeout: 1,
		sources: ["none"],
	});
	const group = new LoadGroup(plan, 0, NO_INPUTS);
	await group.add(0, async () => {}, { at: nowUs(), openingFrom: nowUs() });
	const [client] = group.opened;
	const hasNone = Object.keys(group.tally.errors).length === 0;
	if (hasNone && client?.isOpen)
		await new Promise((resolve) => client.session.socket.once("disconnect", resolve));
	// The listeners of the same event that count the loss may run after this one.
	await new Promise(setImmediate);
	await group.close();
	return Object.keys(group.tally.errors);
}
