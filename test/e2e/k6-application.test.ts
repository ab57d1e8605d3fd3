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
