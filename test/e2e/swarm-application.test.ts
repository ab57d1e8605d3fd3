import { expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import type { Group, Result } from "../../loadtest/record/result.ts";
import { hasAddresses } from "../support/addresses.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startTarget, type Target } from "../support/swarm/target.ts";

const never = new AbortController().signal;

/** A short run against a target of the test's own. */
function short(target: Target, options: PlanOptions): Promise<Result> {
	const load = {
		transports: ["websocket"] as const,
		clients: 3,
		rate: 30,
		duration: 1,
		warmup: 0,
		phaseSessions: 0,
	};
	return runSwarm(planFrom({ url: target.url, ...load, ...options }), { progress: () => {} }, never);
}

function only(result: Result): Group {
	expect(result.groups).toHaveLength(1);
	return result.groups[0]!;
}

test.concurrent("an application that answers by an event is measured by --event and --ack", async () => {
	await using target = await startTarget({
		serve: (socket) => socket.on("say", (text: string) => socket.emit("said", text)),
	});
	const group = only(await short(target, { event: "say", ack: "said" }));
	expect(group.counts).toMatchObject({ due: 30, received: 30, lost: 0, doubled: 0 });
});

test.concurrent("a fan-out neither counts nor times another run's messages, or the application's own", async () => {
	await using target = await startTarget({
		serve: (socket) => {
			socket.on("echo", (_: string, ack: () => void) => ack());
			socket.on("join", (_: string, ack: () => void) => ack());
			// An application that ignores rooms: everybody hears everything.
			socket.on("room", (room: string, message: unknown, ack: () => void) => {
				target.io.emit("room", room, message);
				target.io.emit("room", room, null);
				target.io.emit("room");
				ack();
			});
		},
	});
	const load = {
		scenario: "fanout",
		clients: 5,
		rate: 20,
		duration: 2,
		probes: 2,
		reconnection: false,
	} as const;
	const results = await Promise.all([short(target, load), short(target, load)]);
	for (const group of results.map(only)) {
		expect(group.counts).toMatchObject({ due: 160, received: 160, lost: 0, doubled: 0, reordered: 0 });
		expect(group.metrics.fanout_last?.histogram.count).toBe(40);
	}
});

test.concurrent("fanout: a subscriber that reconnects joins its room again, even when it is cut while it joins, and receives what is published then", async () => {
	let published = 0;
	const joins = new Map<string, number>();
	await using target = await startTarget({
		serve: (socket) => {
			const who = String(socket.handshake.query["n"]);
			socket.on("join", (room: string, ack: () => void) => {
				joins.set(who, (joins.get(who) ?? 0) + 1);
				if (who === "1" && joins.get(who) === 2) {
					socket.conn.close();
					return;
				}
				void socket.join(room);
				ack();
			});
			socket.on("echo", (_: string, ack: () => void) => ack());
			socket.on("room", (room: string, message: unknown, ack: () => void) => {
				published += 1;
				if (published === 10)
					for (const one of target.io.of("/").sockets.values()) if (one.rooms.has(room)) one.conn.close();
				target.io.to(room).emit("room", room, message);
				ack();
			});
		},
	});
	const load = {
		scenario: "fanout",
		clients: 3,
		rate: 20,
		duration: 6,
		probes: 2,
		reconnection: true,
	} as const;
	const { counts } = only(await short(target, { ...load, query: { n: "{n}" }, ackTimeout: 2, maxLoss: 100 }));
	expect([joins.get("1"), joins.get("2")]).toEqual([3, 2]);
	expect(counts.received).toBeGreaterThan(counts.due / 3);
});

test.concurrent("answers that come twice are counted as doubled, by event and by acknowledgement", async () => {
	await using byEvent = await startTarget({
		serve: (socket) =>
			socket.on("say", (text: string) => {
				socket.emit("said", text);
				socket.emit("said", text);
			}),
	});
	const twice = only(await short(byEvent, { event: "say", ack: "said", clients: 1 }));
	expect(twice.counts.doubled).toBeGreaterThan(0);
	await using byAck = await startTarget({
		serve: (socket) =>
			socket.on("echo", (_: string, ack: () => void) => {
				ack();
				// Socket.IO's own guard allows one acknowledgement: a broken proxy would repeat the packet itself.
				socket.conn.write("31[]");
			}),
	});
	expect(only(await short(byAck, { clients: 1 })).counts.doubled).toBeGreaterThan(0);
});

test.concurrent("messages that are never answered are lost, and count with the ack timeout as their time", async () => {
	let heard = 0;
	await using target = await startTarget({
		serve: (socket) =>
			socket.on("echo", (_: string, ack: () => void) => {
				heard += 1;
				if (heard % 10 !== 0) ack();
			}),
	});
	const group = only(await short(target, { ackTimeout: 1, clients: 1 }));
	expect(group.counts).toMatchObject({ due: 30, received: 27, lost: 3, timedOut: 3 });
	expect(group.metrics.ack?.histogram.count).toBe(30);
	expect(group.metrics.ack?.histogram.max).toBeGreaterThanOrEqual(1_000_000);
	expect(group.errors).toEqual({ ack_timeout: 3 });
});

test.concurrent("a transport whose one message is lost is measured all the same, where another one is answered", async () => {
	let lost = false;
	await using target = await startTarget({
		serve: (socket) =>
			socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => {
				if (lost || socket.conn.transport.name !== "websocket") ack(payload);
				else lost = true;
			}),
	});
	const asked = planFrom({ url: target.url, transports: ["polling", "websocket"], ackTimeout: 0.5 });
	const { plan, leftOut } = await preflight(asked);
	expect(plan.groups.map(({ transport }) => transport)).toEqual(["polling", "websocket"]);
	expect(leftOut).toEqual([]);
	lost = false;
	await expect(preflight({ ...asked, require: true })).rejects.toThrow(
		/\(websocket\): .*no answer to "echo"/,
	);
});

test.concurrent("each client brings its own auth, query, headers, namespace and source address", async () => {
	await using target = await startTarget();
	const seen = new Set<string>();
	target.io.of("/chat").on("connection", (socket) => {
		const { auth, query, headers, address } = socket.handshake;
		seen.add([auth["token"], query["room"], headers["x-user"], address.replace("::ffff:", "")].join(" "));
		socket.on("echo", (payload: string, ack: (payload: string) => void) => ack(payload));
	});
	const own = {
		auth: '{"token":"t{n}"}',
		query: { room: "r{n}" },
		headers: { "x-user": "u{n}" },
		namespace: "/chat",
	};
	await short(target, own);
	// macOS has 127.0.0.1 alone.
	const sources = hasAddresses ? [1, 2, 3] : [1, 1, 1];
	expect([...seen].sort()).toEqual(sources.map((last, n) => `t${n} r${n} u${n} 127.0.0.${last}`));
});

test.concurrent("polling keeps its connections; Node's own agent opens one for each request", async () => {
	await using target = await startTarget();
	let connections = 0;
	target.io.httpServer.on("connection", () => {
		connections += 1;
	});
	await short(target, { transports: ["polling"], clients: 1 });
	const kept = connections;
	connections = 0;
	await short(target, { transports: ["polling"], clients: 1, pollingAgent: "default" });
	expect(kept).toBeLessThan(10);
	expect(connections).toBeGreaterThan(60);
});

test.concurrent("calibrate prints one line for each rate", { timeout: 40_000 }, async () => {
	const args = ["--transports", "websocket", "--clients", "5", "--seconds", "1", "--most", "500"];
	const { code, stdout } = await runSwarmCommand("calibrate", ...args);
	expect(code).toBe(0);
	expect(stdout).toMatch(/^websocket, 5 clients, 1 process\n\s+asked\/s/);
	expect(stdout).toMatch(/\n\s+500\s+\d+\s+\d+ %\s+[\d.]+ ms\s+[\d.]+ %/);
	expect(stdout).toMatch(/websocket: (plan for at most 500|even 500 messages per second are too many)/);
});
