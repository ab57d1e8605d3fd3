import type { Socket } from "socket.io";
import { describe, expect, it } from "vitest";
import { runK6Command, skipWithoutK6 } from "../support/k6/run.ts";
import { startK6Target } from "../support/k6/target.ts";

const LOAD = "--clients 2 --rate 20 --duration 1".split(" ");

describe.skipIf(skipWithoutK6).concurrent("k6 against an application of your own", () => {
	it.each(["polling", "websocket"])(
		"%s: uses its event, namespace, auth, query, header and binary payload",
		async (transport) => {
			await using target = await startK6Target();
			const handshakes: Socket["handshake"][] = [];
			const payloads: unknown[] = [];
			target.io.of("/chat").on("connection", (socket) => {
				handshakes.push(socket.handshake);
				socket.on("say", (payload: unknown, ack: (...answer: unknown[]) => void) => {
					payloads.push(payload);
					ack({ back: payload }, "ok");
				});
			});
			const env = {
				SIO_AUTH: '{"token":"hunter2"}',
				SIO_QUERY: "room=7",
				SIO_HEADERS: '{"origin":"https://app.example"}',
			};
			const flags = ["--event", "say", "--binary", "--payload", "300"];
			const argv = [transport, `${target.url}/chat`, ...LOAD, ...flags];
			const { result, samples, stderr } = await runK6Command(argv, { env });
			expect(result!.plan.extra["k6ExitCode"], stderr).toBe(0);
			expect(result!.groups[0]!.counts).toMatchObject({ sessionsOpen: 2, sent: 20, received: 20 });
			expect(handshakes).toHaveLength(2);
			for (const { auth, query, headers } of handshakes) {
				expect(auth).toEqual({ token: "hunter2" });
				expect(query["room"]).toBe("7");
				expect(headers.origin).toBe("https://app.example");
			}
			expect(payloads).toHaveLength(22);
			expect(payloads.every((payload) => Buffer.isBuffer(payload) && payload.length === 300)).toBe(true);
			expect(JSON.stringify(result) + samples + stderr).not.toContain("hunter2");
		},
	);

	it("gives each client its own namespace, auth, query, header and message, and each message its own number", async () => {
		await using target = await startK6Target();
		const sessions: unknown[] = [];
		const seqs: number[] = [];
		target.io.of(/^\/room-\d+$/).on("connection", (socket) => {
			const { auth, query, headers } = socket.handshake;
			sessions.push([socket.nsp.name, auth["user"], query["by"], headers["x-user"]]);
			socket.on("say", (room: string, message: { by: number; id: number }, ack: () => void) => {
				if (room !== "lobby" || message.by !== auth["user"]) return;
				seqs.push(message.id);
				ack();
			});
		});
		const env = {
			SIO_AUTH: '{"user":{n},"token":"hunter2-{random}"}',
			SIO_QUERY: "by={path}/{n}",
			SIO_HEADERS: '{"x-user":"user {n} over {transport}"}',
		};
		const flags = ["--namespace", "room-{n}", "--path", "app", "--event", "say"];
		const args = ["--args", '["lobby",{"by":{n},"id":{seq}}]'];
		const { result, samples, stderr } = await runK6Command(
			["polling", target.url, ...LOAD, ...flags, ...args],
			{
				env,
			},
		);
		const { counts, path } = result!.groups[0]!;
		expect(counts, stderr).toMatchObject({ sessionsOpen: 2, sent: 20, received: 20 });
		expect(path).toBe("app");
		expect(sessions.sort()).toEqual([
			["/room-0", 0, "app/0", "user 0 over polling"],
			["/room-1", 1, "app/1", "user 1 over polling"],
		]);
		expect(new Set(seqs).size).toBe(22);
		expect(seqs.every(Number.isSafeInteger)).toBe(true);
		expect(result!.plan.extra["args"]).toEqual({
			bytes: 31,
			sha256: expect.stringMatching(/^[0-9a-f]{16}$/),
		});
		expect(JSON.stringify(result) + samples + stderr).not.toContain("hunter2");
	});

	it("is refused by name where k6 cannot do what is asked", async () => {
		const { code, stderr } = await runK6Command(["websocket", "http://127.0.0.1:9", "--data", "users.csv"]);
		expect({ code, stderr }).toEqual({
			code: 2,
			stderr: "error: --data: k6 cannot do that; use npm run swarm, or leave it out.\n",
		});
	});

	it("names the cause of an error and its fix by k6's own settings", async () => {
		await using target = await startK6Target();
		target.io.use((_, next) => next(new Error("log in first")));
		const { code, stdout } = await runK6Command(["websocket", target.url, ...LOAD]);
		expect(code).toBe(3);
		expect(stdout.replace(/\s+/g, " ")).toContain(
			"open_connect_refused_by_server: the application refused the connection; give what it asks for with SIO_AUTH, SIO_HEADERS or SIO_QUERY.",
		);
	});

	it("opens and closes sessions at a rate without sending an event", async () => {
		await using target = await startK6Target();
		let left = 0;
		target.io.on("connection", (socket) => {
			socket.removeAllListeners("echo");
			socket.on("disconnect", () => left++);
		});
		const flags = "--scenario connect --clients 10 --rate 10 --duration 2".split(" ");
		const { result, stderr } = await runK6Command(["upgrade", target.url, ...flags]);
		expect(result!.plan.extra["k6ExitCode"], stderr).toBe(0);
		const { counts, metrics } = result!.groups[0]!;
		expect(counts).toMatchObject({ sessionsTried: 20, sessionsOpen: 20, sessionsLost: 0, due: 0 });
		expect(metrics.upgrade?.histogram.count).toBe(20);
		expect(metrics.connect?.windows.map(({ second }) => second)).toEqual(expect.arrayContaining([0, 1]));
		expect(left).toBe(20);
	});
});
