/** `npm run swarm -- check`: a smoke test of a deployment, against servers that work and servers that do not. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "socket.io";
import * as msgpack from "socket.io-msgpack-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Command, nodeRun } from "../support/commands/command.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { serve } from "../support/swarm/serve.ts";
import { until } from "../support/until.ts";

const check = (...args: string[]) => runSwarmCommand("check", ...args);

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "swarm-check-"));
});

afterAll(() => rm(folder, { recursive: true }));

describe.concurrent("a target that works", () => {
	test("is one line for each transport with its phases, and nothing stays open there", async () => {
		await using target = await serve();
		const reasons: string[] = [];
		target.io.on("connection", (socket) => socket.on("disconnect", (reason) => reasons.push(reason)));
		const { code, stdout, stderr } = await check(`http://127.0.0.1:${target.port}/?token=s3cret`);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		const lines = stdout.trimEnd().split("\n");
		expect(lines.map((line) => line.split(/ +/).slice(0, 3).join(" "))).toEqual([
			"OK polling target",
			"OK websocket target",
			"OK upgrade target",
		]);
		for (const line of lines)
			expect(line).toMatch(
				/\?token=… +TCP [\d.]+ ms, Engine\.IO handshake [\d.]+ ms, Socket\.IO connect [\d.]+ ms, .*first ack [\d.]+ ms$/,
			);
		expect(lines[2]).toMatch(/upgrade [\d.]+ ms/);
		await until("the sessions have ended", () => target.io.engine.clientsCount === 0, 2000);
		expect(reasons).toEqual(Array(3).fill("client namespace disconnect"));
	});

	test("is JSON with --json", async () => {
		await using target = await serve();
		const url = `http://127.0.0.1:${target.port}`;
		const { code, stdout } = await check(url, "--transports", "websocket", "--probe", "connect", "--json");
		expect(code).toBe(0);
		const number = expect.any(Number);
		expect(JSON.parse(stdout)).toEqual({
			ok: true,
			sessions: [
				{
					transport: "websocket",
					path: "target",
					url: `${url}/`,
					ok: true,
					phasesMs: { tcp: number, engine_handshake: number, socket_connect: number, connect: number },
					error: null,
				},
			],
		});
	});

	test("may end the older of a user's sessions: each session is another user", async () => {
		await using target = await serve();
		const byUser = new Map<string, Socket>();
		target.io.use((socket, next) => {
			const { user } = socket.handshake.auth as { user: string };
			byUser.get(user)?.disconnect(true);
			byUser.set(user, socket);
			next();
		});
		const { code, stdout } = await check(`http://127.0.0.1:${target.port}`, "--auth", '{"user":"{n}"}');
		expect(code, stdout).toBe(0);
		expect(byUser.size).toBe(3);
	});
});

describe.concurrent("a target that does not work fails with its cause", () => {
	test("at one address of two", async () => {
		await using target = await serve();
		const paths = `app=http://127.0.0.1:${target.port},app=http://127.0.0.1:9`;
		const { code, stdout } = await check("--paths", paths, "--transports", "polling,websocket");
		expect(code).toBe(1);
		expect(stdout.match(/^OK .*:\d+\/ +TCP/gm)).toHaveLength(2);
		expect(
			stdout.match(/^FAIL +\w+ +app +http:\/\/127\.0\.0\.1:9\/ +connection refused; start the/gm),
		).toHaveLength(2);
	});

	test("where WebSocket is not offered, unless --transports leaves it out", async () => {
		await using target = await serve({ transports: ["polling"] });
		const url = `http://127.0.0.1:${target.port}`;
		const { code, stdout } = await check(url);
		expect(code).toBe(1);
		expect(stdout).toMatch(/^OK +polling /m);
		expect(stdout).toMatch(/^FAIL +websocket .*does not offer this transport .*--transports/m);
		expect(stdout).toMatch(/^FAIL +upgrade .*does not offer the upgrade to WebSocket/m);
		expect((await check(url, "--transports", "polling")).code).toBe(0);
	});

	test("at a wrong path, of one path of two", async () => {
		const http = createServer((_, response) => response.writeHead(404).end());
		await using target = await serve({ path: "/app/socket.io/" }, "127.0.0.1", http);
		const url = `http://127.0.0.1:${target.port}`;
		const args = ["--paths", `right=${url},wrong=${url}`, "--path-set", "right.socket-path=/app/socket.io/"];
		const { code, stdout } = await check(...args, "--transports", "polling,websocket", "--json");
		expect(code).toBe(1);
		const { ok, sessions } = JSON.parse(stdout);
		expect(ok).toBe(false);
		const kinds = sessions.map(({ path, error }: { path: string; error: { kind: string } | null }) => [
			path,
			error?.kind,
		]);
		expect(kinds).toEqual([
			["right", undefined],
			["wrong", "http_404"],
			["right", undefined],
			["wrong", "connection_reset"],
		]);
		for (const wrong of [1, 3]) expect(sessions[wrong].error.cause).toContain("--socket-path");
	});

	test("that never answers, within --connect-timeout", async () => {
		const server = createTcpServer(() => {}).listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const started = performance.now();
		const { code, stdout } = await check(`http://127.0.0.1:${port}`, "--connect-timeout", "0.5");
		// A guard: three transports one after the other with the default of 20 s would take a minute.
		expect(performance.now() - started).toBeLessThan(15_000);
		server.close();
		expect(code).toBe(1);
		expect(stdout).toMatch(/^FAIL .*no Socket\.IO session in 0\.5 s \(--connect-timeout\)/);
		// The cause is given once.
		expect(stdout.match(/^FAIL .* the same$/gm)).toHaveLength(2);
	});

	test("that has no handler for the event, on one line", async () => {
		await using target = await serve();
		const args = ["--event", "say", "--ack-timeout", "0.3", "--transports", "websocket"];
		const { code, stdout } = await check(`http://127.0.0.1:${target.port}`, ...args);
		expect(code).toBe(1);
		expect(stdout).toMatch(/^FAIL .*no answer to "say" in 0\.3 s .*socket\.on\("say", .*\}\);\n$/);
	});

	test("that uses another parser, which --parser mends", async () => {
		await using target = await serve({ parser: msgpack });
		const url = `http://127.0.0.1:${target.port}`;
		const without = await check(url, "--transports", "websocket", "--connect-timeout", "5");
		expect(without.code).toBe(1);
		expect(without.stdout).toMatch(/another parser than socket\.io-parser.*--parser/);
		const given = await check(url, "--parser", "socket.io-msgpack-parser");
		expect(given.code, given.stdout).toBe(0);
	});
});

const LOGIN = `export default {
	name: "login",
	about: "logs in and joins a room",
	activity: "echo",
	settings: { event: "say" },
	async session({ n, url, fetch }) {
		const answer = await fetch(new URL("/login?user=" + n, url));
		return { auth: { token: await answer.text() } };
	},
	async setup(socket) {
		await socket.emitWithAck("join", "lobby");
	},
};
`;

test("a scenario file's session() logs in, and its setup() joins, before the message", async () => {
	const file = join(folder, "login.ts");
	await writeFile(file, LOGIN);
	const http = createServer((request, response) => {
		const { pathname, searchParams } = new URL(request.url!, "http://x");
		if (pathname === "/login") response.end(`token-of-${searchParams.get("user")}`);
	});
	await using target = await serve({}, "127.0.0.1", http);
	const tokens: string[] = [];
	target.io.use(({ handshake: { auth } }, next) => {
		tokens.push(auth["token"]);
		next(auth["token"] === undefined ? new Error("log in first") : undefined);
	});
	target.io.on("connection", (socket) => {
		socket.on("join", (room: string, ack: () => void) => {
			socket.join(room);
			ack();
		});
		socket.on("say", (text: string, ack: (text: string) => void) => {
			if (socket.rooms.has("lobby")) ack(text);
		});
	});
	const url = `http://127.0.0.1:${target.port}`;
	const { code, stdout } = await check(url, "--scenario", file);
	expect(code, stdout).toBe(0);
	expect(tokens.sort()).toEqual(["token-of-0", "token-of-1", "token-of-2"]);
	const without = await check(url, "--transports", "websocket");
	expect(without.code).toBe(1);
	expect(without.stdout).toContain("the application refused the connection (log in first)");
});

describe.concurrent("the command", () => {
	test.each([
		["no target", [], /no target; give a URL, or --paths/],
		["a flag of the load", ["http://localhost", "--rate", "5"], /unknown option '--rate'/],
		[
			"a source that is no address of this host",
			["http://127.0.0.1:9", "--sources", "192.0.2.1"],
			/--sources 192/,
		],
		["rows that are none", ["http://127.0.0.1:9", "--data", "package.json"], /--data package\.json/],
	])("refuses %s with exit code 2", async (_, args, message) => {
		const { code, stdout, stderr } = await check(...args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(message);
	});

	test("is in the swarm's help, and has a help of its own", async () => {
		const { stdout } = await runSwarmCommand("--help");
		expect(stdout.replace(/\s+/g, " ")).toContain("npm run swarm -- check URL");
		const own = await check("--help");
		expect(own.stdout).toContain("--socket-path");
		expect(own.stdout).not.toContain("--rate");
	});

	test("ends with 130 when it is interrupted", async () => {
		const server = createTcpServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const arrived = once(server, "connection");
		const { port } = server.address() as AddressInfo;
		await using command: Command = nodeRun("loadtest/cli.ts swarm check", `http://127.0.0.1:${port}`);
		await arrived;
		command.kill("SIGINT");
		expect(await command.ended()).toEqual({ code: 130, stdout: "", stderr: "" });
		server.close();
	});
});
