import { execFileSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { K6_TRANSPORTS } from "../../loadtest/k6/script/settings.ts";
import { runK6Command, skipWithoutK6 } from "../support/k6/run.ts";
import { startK6Target } from "../support/k6/target.ts";

const LOAD = "--clients 4 --rate 40 --duration 2".split(" ");

/** A port that was free a moment ago and on which nothing listens. */
async function deadPort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

describe.skipIf(skipWithoutK6).concurrent("k6 in trouble", () => {
	it("is invalid with exit code 3 against a dead node, on every transport, and ends early", async () => {
		const url = `http://127.0.0.1:${await deadPort()}`;
		const runs = await Promise.all(K6_TRANSPORTS.map((transport) => runK6Command([transport, url, ...LOAD])));
		for (const { code, result, stderr } of runs) {
			expect(code, stderr).toBe(3);
			expect(stderr).toMatch(/k6: thresholds on metrics 'sio_connected\{transport:\w+\}' have been crossed/);
			expect(result!.groups[0]!.errors).toEqual({ open_connect_refused: 4 });
			expect(result!.validity.flags.map(({ code }) => code)).toContain("nothing_connected");
		}
	});

	it("counts messages that are never acknowledged as lost, with the timeout as their time", async () => {
		let heard = 0;
		await using target = await startK6Target({
			serve: (socket) => {
				socket.on("picky", (payload: unknown, ack: (payload: unknown) => void) => {
					heard += 1;
					if (heard % 10 !== 0) ack(payload);
				});
			},
		});
		const flags = ["--event", "picky", "--ack-timeout", "0.4"];
		const { code, result, stdout } = await runK6Command(["websocket", target.url, ...LOAD, ...flags]);
		const { counts, errors, metrics } = result!.groups[0]!;
		expect(code).toBe(result!.validity.valid ? 1 : 3);
		if (result!.validity.valid)
			expect(stdout).toMatch(/^72 of 80 messages were answered \(websocket target\)\.\n/);
		// Of 4 first events and 80 messages every tenth was not acknowledged.
		expect(counts).toMatchObject({ due: 80, sent: 80, received: 72, lost: 8, timedOut: 8 });
		expect(errors).toEqual({ ack_timeout: 8 });
		expect(metrics.ack?.histogram.max).toBeGreaterThanOrEqual(400_000);
	});

	it("counts acks that arrive after the limit as timed out, whenever they are looked for", async () => {
		// The first message of each session opens it and is answered in time.
		await using target = await startK6Target({
			serve: (socket) => {
				let heard = 0;
				socket.on("late", (payload: unknown, ack: (payload: unknown) => void) => {
					heard += 1;
					if (heard === 1) ack(payload);
					else setTimeout(() => ack(payload), 60);
				});
			},
		});
		const flags = ["--event", "late", "--ack-timeout", "0.05"];
		const { code, result } = await runK6Command(["websocket", target.url, ...LOAD, ...flags]);
		expect(result!.groups[0]!.counts).toMatchObject({ sent: 80, received: 0, lost: 80, timedOut: 80 });
		expect(result!.groups[0]!.errors).toEqual({ ack_timeout: 80 });
		expect(code).toBe(result!.validity.valid ? 1 : 3);
	});

	it("fails a run that crosses a threshold of the user's own, and the result says so", async () => {
		await using target = await startK6Target({ delay: 20 });
		const env = { SIO_ACK_P95_MS: "5" };
		const { code, result, stdout } = await runK6Command(["websocket", target.url, ...LOAD], { env });
		expect(result!.crossedThresholds).toEqual(["sio_ack p(95)<5"]);
		expect(code).toBe(result!.validity.valid ? 1 : 3);
		if (result!.validity.valid) expect(stdout).toMatch(/^The threshold sio_ack p\(95\)<5 was crossed\.\n/);
	});

	it("passes a run that loses less than --max-loss", async () => {
		let heard = 0;
		await using target = await startK6Target({
			serve: (socket) => {
				socket.on("picky", (payload: unknown, ack: (payload: unknown) => void) => {
					heard += 1;
					if (heard % 40 !== 0) ack(payload);
				});
			},
		});
		const flags = ["--event", "picky", "--ack-timeout", "0.4", "--max-loss", "5 %"];
		const { code, result } = await runK6Command(["websocket", target.url, ...LOAD, ...flags]);
		expect(result!.groups[0]!.counts).toMatchObject({ sent: 80, received: 78, lost: 2 });
		expect(result!.plan.maxLoss).toBe(5);
		expect(code).toBe(result!.validity.valid ? 0 : 3);
	});

	it("counts sessions cut by the server, their waiting messages as lost, and the rest as not sent", async () => {
		await using target = await startK6Target({
			serve: (socket) => {
				let echoes = 0;
				socket.on("echo", () => {
					echoes += 1;
					if (echoes === 6) socket.conn.close();
				});
			},
		});
		const { code, result } = await runK6Command(["websocket", target.url, ...LOAD]);
		const { counts, errors } = result!.groups[0]!;
		expect(code).toBe(3);
		expect(counts).toMatchObject({ sessionsOpen: 4, sessionsLost: 4, due: 80 });
		expect(counts.sent).toBeLessThan(30);
		expect(counts.received + counts.lost).toBe(counts.sent);
		expect(errors["session_transport_close"]).toBe(4);
	});

	it("ends when a server never answers the WebSocket handshake", { timeout: 60_000 }, async () => {
		const server = createServer(() => {}).listen(0, "127.0.0.1");
		await once(server, "listening");
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const env = { SIO_CONNECT_TIMEOUT: "1" };
		const load = "--clients 1 --rate 5 --duration 1 --ack-timeout 0.5".split(" ");
		const { code, result, stderr } = await runK6Command(["websocket", url, ...load], { env });
		server.close();
		expect(code, stderr).toBe(3);
		expect(stderr).toMatch(/k6 has not ended after 19 s; killing it\./);
		expect(result!.groups[0]!.errors).toEqual({ open_timeout: 1 });
		expect(processesNaming(url)).toEqual([]);
	});

	it("names the error when a namespace refuses the connection", async () => {
		await using target = await startK6Target();
		target.io.use((_, next) => next(new Error("no")));
		const { code, result } = await runK6Command(["polling", target.url, ...LOAD]);
		expect(code).toBe(3);
		expect(result!.groups[0]!.errors).toEqual({ open_connect_refused_by_server: 4 });
	});

	it("writes what it measured after Ctrl-C, exits with 130 and leaves no k6 process behind", async () => {
		await using target = await startK6Target();
		let received = 0;
		let interrupt = () => {};
		target.io.on("connection", (socket) =>
			socket.on("echo", () => {
				received += 1;
				if (received === 40) interrupt();
			}),
		);
		const begun = (kill: (signal: NodeJS.Signals) => void) => {
			interrupt = () => kill("SIGINT");
		};
		const argv = ["websocket", target.url, "--clients", "4", "--rate", "40", "--duration", "60"];
		const { code, result, stderr } = await runK6Command(argv, { begun });
		expect(code, stderr).toBe(130);
		expect(result).toMatchObject({ interrupted: true });
		expect(result!.groups[0]!.counts.received).toBeGreaterThan(20);
		expect(result!.groups[0]!.seconds).toBeLessThan(10);
		expect(processesNaming(target.url)).toEqual([]);
	});

	it("reports wrong usage in one line with exit code 2, and a missing k6 with 3", async () => {
		const wrong = await runK6Command(["websocket", "http://127.0.0.1:1", "--rate", "none"]);
		expect(wrong).toMatchObject({ code: 2, stdout: "", result: null });
		expect(wrong.stderr).toBe('error: --rate "none": give a number above 0, 1000000 at most.\n');
		const nowhere = { PATH: "/nowhere", XDG_CACHE_HOME: "/nowhere", K6_BIN: "" };
		const missing = await runK6Command(["websocket", "http://127.0.0.1:1"], { env: nowhere });
		expect(missing).toMatchObject({ code: 3, stdout: "", result: null });
		expect(missing.stderr).toMatch(/^error: k6 2 or later is not installed: brew install k6, [^\n]*\n$/);
	});
});

/** Live k6 processes whose environment contains `url`. */
function processesNaming(url: string): string[] {
	const list = execFileSync("ps", ["axeww", "-o", "pid=,comm=,args="], { encoding: "utf8" });
	return list.split("\n").filter((line) => / k6 /.test(line) && line.includes(`SIO_URL=${url}`));
}
