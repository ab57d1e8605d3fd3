/** Servers that refuse or end sessions: the swarm names the cause and its fix, at once. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions, type Socket } from "socket.io";
import { Decoder, Encoder } from "socket.io-parser";
import { expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { reportText } from "../../loadtest/report/text.ts";

const never = new AbortController().signal;

interface Kind {
	readonly io?: Partial<ServerOptions>;
	readonly serve?: (socket: Socket) => void;
	/** Answers requests and upgrades itself, without Socket.IO. */
	readonly http?: RequestListener;
	readonly setUp?: (io: Server) => void;
}

function echo(socket: Socket): void {
	socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
}

/** Makes the server answer every session's next requests as a node that never had it. */
function forgetAll(io: Server): void {
	const { clients } = io.engine as unknown as { clients: Record<string, unknown> };
	for (const id of Object.keys(clients)) delete clients[id];
	io.emit("later");
}

async function start({ io: options, serve = echo, http: answer, setUp }: Kind) {
	const http = createServer(answer ?? (() => {}));
	const io = answer ? null : new Server(http, options);
	if (io) setUp?.(io);
	io?.on("connection", serve);
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
		async [Symbol.asyncDispose]() {
			http.closeAllConnections();
			await (io ? io.close() : new Promise((resolve) => http.close(resolve)));
		},
	};
}

/** Like msgpack's, it sends bytes and reads nothing else. */
class BinaryEncoder extends Encoder {
	override encode(packet: Parameters<Encoder["encode"]>[0]) {
		return [Buffer.from(JSON.stringify(packet))];
	}
}
class BinaryDecoder extends Decoder {
	override add(packet: unknown): void {
		if (typeof packet === "string") throw new Error("not bytes");
		super.add(packet);
	}
}

const redirect =
	(status: number, location: string): RequestListener =>
	(_, response) =>
		response.writeHead(status, { location }).end();

const all = "polling, websocket, upgrade";

test.each<[string, Kind, PlanOptions & { path?: string }, RegExp[]]>([
	[
		"a payload above maxPayload",
		{ io: { maxHttpBufferSize: 50_000 } },
		{ payload: 60_000 },
		[
			/\(polling, websocket, upgrade\): the message has 60,0\d\d bytes, and the server's maxPayload is 50,000; lower --payload/,
		],
	],
	[
		"a client that is kicked when it connects",
		{ serve: (socket) => socket.disconnect(true) },
		{},
		[new RegExp(`\\(${all}\\): the application disconnected the client .*after the Socket.IO connect`)],
	],
	[
		"a client that is kicked by its first message",
		{ serve: (socket) => socket.on("echo", () => socket.disconnect(true)) },
		{},
		[/\(polling.*while it waited for the answer to "echo"/],
	],
	[
		"a client that is kicked when it joins",
		{ serve: (socket) => socket.on("join", () => socket.disconnect(true)).on("echo", (_, ack) => ack()) },
		{ scenario: "fanout" },
		[/\(websocket\): the application disconnected the client .*while it joined a room/],
	],
	[
		"a transport that is closed below Socket.IO",
		{ serve: (socket) => socket.conn.close() },
		{ transports: ["polling", "websocket"] },
		[/\(polling.*the server or a proxy closed the session \(transport close/],
	],
	[
		"another parser",
		{ io: { parser: { Encoder: BinaryEncoder, Decoder: BinaryDecoder } } },
		{ transports: ["websocket", "polling"] },
		[/accepted the Engine\.IO handshake, then closed the session .*may use another parser/],
	],
	[
		"a redirect",
		{ http: redirect(302, "https://elsewhere.example/socket.io/?token=s3cret") },
		{ transports: ["websocket"] },
		[
			/the target redirects to https:\/\/elsewhere\.example\/socket\.io\/ \(302\); give https:\/\/elsewhere\.example as the target/,
		],
	],
	[
		"a permanent redirect",
		{ http: redirect(308, "https://elsewhere.example/") },
		{},
		[new RegExp(`\\(${all}\\): the target redirects to https://elsewhere\\.example/ \\(308\\)`)],
	],
	[
		"a target that asks for TLS",
		{ http: (_, response) => response.writeHead(426).end("TLS please") },
		{},
		[/the target asks for another protocol \(426: TLS please\); use its https/],
	],
	[
		"a path that is read as a namespace",
		{},
		{ path: "/api" },
		[
			new RegExp(
				`\\(${all}\\): the application has no namespace that the URL's path names .*--namespace .*--socket-path`,
			),
		],
	],
	[
		"an application that refuses the auth, without the auth",
		{ setUp: (io) => io.use(({ handshake: { auth } }, next) => next(new Error(`no ${auth["key"]} here`))) },
		{ auth: '{"key":"s3cret"}', path: "/?token=s3cret-url" },
		[new RegExp(`\\(${all}\\): the application refused the connection \\(no \\*\\*\\* here\\); .*--auth`)],
	],
	[
		"a page in place of Socket.IO",
		{ http: (_, response) => response.end("<h1>Welcome</h1>") },
		{ transports: ["polling"] },
		[/the answer is no Engine\.IO packet; check that the URL/],
	],
	[
		"a session that the next node does not know",
		{
			setUp: (io) => io.on("connection", (socket) => socket.on("echo", () => forgetAll(io))),
			serve: () => {},
		},
		{ transports: ["polling"] },
		[/the server does not know the session, because requests .*make the balancer sticky/],
	],
	[
		"allowRequest",
		{ io: { allowRequest: (_, decide) => decide("not you", false) } },
		{},
		[
			/\(polling, upgrade\): the server's allowRequest refused the client \(not you\)/,
			/\(websocket\): .*400: not you/,
		],
	],
	[
		"an application that does not answer",
		{ serve: () => {} },
		{ ackTimeout: 0.5, transports: ["websocket"] },
		[/no answer to "echo" in 0\.5 s \(--ack-timeout\); name an event/],
	],
	[
		"an application that answers by another event",
		{ serve: () => {} },
		{ ackTimeout: 0.5, transports: ["websocket"], event: "say", ack: "said" },
		[/no event "said" answered "say" in 0\.5 s .*correct --event or --ack/],
	],
	[
		"a server that is slower than the limit",
		{ setUp: (io) => io.use((_, next) => void setTimeout(next, 60_000).unref()) },
		{ connectTimeout: 0.5, transports: ["websocket"] },
		[/no Socket\.IO session in 0\.5 s \(--connect-timeout\); .*raise --connect-timeout if it is slow/],
	],
])("%s is named before any load", async (_, kind, { path = "", ...options }, messages) => {
	await using target = await start(kind);
	const plan = planFrom({ url: `${target.url}${path}`, clients: 3, connectTimeout: 5, ...options });
	const error: Error = await preflight(plan).then(
		() => expect.unreachable("the preflight passed"),
		(reason) => reason,
	);
	for (const message of messages) expect(error.message).toMatch(message);
	expect(error.message).not.toContain("s3cret");
});

test("a redirect that the polling client follows is named too", async () => {
	await using behind = await start({});
	await using target = await start({
		http: (request, response) => response.writeHead(307, { location: `${behind.url}${request.url}` }).end(),
	});
	const plan = planFrom({ url: target.url, transports: ["polling"], connectTimeout: 5 });
	await expect(preflight(plan)).rejects.toThrow(`the target redirects to ${behind.url}/socket.io/ (307)`);
});

test("a slow server is measured when the limits allow it", async () => {
	await using target = await start({ setUp: (io) => io.use((_, next) => void setTimeout(next, 600)) });
	const limits = { connectTimeout: 3, ackTimeout: 3, transports: ["websocket"] as const };
	expect((await preflight(planFrom({ url: target.url, ...limits }))).leftOut).toEqual([]);
});

test("what ends sessions during the run is in the result with the server's texts, five of a kind, and in the report", {
	timeout: 30_000,
}, async () => {
	let opened = 0;
	await using target = await start({
		setUp: (io) =>
			io.use((_, next) => {
				opened += 1;
				next(opened > 3 ? new Error(`full at ${opened}`) : undefined);
			}),
	});
	const load = { clients: 12, rate: 20, duration: 1, warmup: 0, transports: ["websocket"] as const };
	const quiet = { progress: () => {} };
	const result = await runSwarm(planFrom({ url: target.url, phaseSessions: 0, ...load }), quiet, never);
	const [group] = result.groups;
	expect(group!.errors).toEqual({ open_connect_refused_by_server: 10 });
	expect(group!.samples!["open_connect_refused_by_server"]).toHaveLength(5);
	expect(group!.samples!["open_connect_refused_by_server"]![0]).toBe("full at 4");
	const missing = result.validity.flags.find(({ code }) => code === "sessions_missing");
	expect(missing).toMatchObject({
		message: "websocket target: only 2 of 12 sessions opened",
		advice: "see the group's errors",
	});
	expect(reportText(result)).toMatch(
		/open_connect_refused_by_server: the application refused the connection \(full at 4\)/,
	);
});
