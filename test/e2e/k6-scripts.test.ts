import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { K6_TRANSPORTS, type K6Transport } from "../../loadtest/k6/script/settings.ts";
import { certificateFor } from "../../worker/selfhost/certificate.ts";
import { type K6RunOutput, runK6Command, skipWithoutK6 } from "../support/k6/run.ts";
import { startK6Target } from "../support/k6/target.ts";

/** The transport that the server sees when a session connects. */
const SEEN: Readonly<Record<K6Transport, string>> = {
	polling: "polling",
	websocket: "websocket",
	upgrade: "polling",
	flashsocket: "flashsocket",
};
const LOAD = "--clients 5 --rate 40 --duration 2".split(" ");

describe.skipIf(skipWithoutK6)("k6's scripts, run by the real k6 over TLS", () => {
	const runs = new Map<K6Transport, K6RunOutput & { transports: string[]; upgrades: number }>();

	beforeAll(async () => {
		const { certFile, keyFile } = await certificateFor(null, null);
		const tls = { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8") };
		const run = async (transport: K6Transport) => {
			let upgrades = 0;
			// Without heartbeats a session would be cut well within its two seconds.
			await using target = await startK6Target({
				...{ tls, pingInterval: 300, pingTimeout: 900 },
				serve: (socket) => socket.conn.once("upgrade", () => upgrades++),
			});
			const outcome = await runK6Command([transport, target.url, "--ca", certFile, ...LOAD]);
			runs.set(transport, { ...outcome, transports: target.transports, upgrades });
		};
		await Promise.all(K6_TRANSPORTS.map(run));
	});

	it.each(K6_TRANSPORTS)(
		"%s: every message is acknowledged once, no session is lost, thresholds pass",
		(transport) => {
			const { result, stderr } = runs.get(transport)!;
			expect(result, stderr).not.toBeNull();
			expect(result!.plan.extra["k6ExitCode"], stderr).toBe(0);
			expect(result!.groups).toHaveLength(1);
			const { counts, errors } = result!.groups[0]!;
			expect(errors).toEqual({});
			expect(counts).toMatchObject({ sessionsTried: 5, sessionsOpen: 5, sessionsLost: 0, due: 80, sent: 80 });
			expect(counts).toMatchObject({ received: 80, lost: 0, doubled: 0, reordered: 0, timedOut: 0 });
		},
	);

	it.each(K6_TRANSPORTS)("%s: only other load on the machine may raise doubts", (transport) => {
		const { result, code } = runs.get(transport)!;
		const { flags, valid } = result!.validity;
		expect(flags.filter((flag) => flag.code !== "generator_busy" && flag.code !== "unsteady")).toEqual([]);
		expect(code).toBe(valid ? 0 : 3);
		expect(result!.generator.map(({ second }) => second)).toEqual([0, 1]);
		expect(result!.generator.reduce((sum, { due }) => sum + due, 0)).toBe(80);
	});

	it.each(K6_TRANSPORTS)("%s: the server saw only that transport", (transport) => {
		const { transports, upgrades } = runs.get(transport)!;
		expect(transports).toEqual(Array(5).fill(SEEN[transport]));
		expect(upgrades).toBe(transport === "upgrade" ? 5 : 0);
	});

	it.each(K6_TRANSPORTS)("%s: reports response time, service time, loop lag and phases", (transport) => {
		const { metrics } = runs.get(transport)!.result!.groups[0]!;
		expect(metrics.ack?.histogram.count).toBe(80);
		expect(metrics.ack_service!.histogram.sum).toBeLessThan(metrics.ack!.histogram.sum);
		expect(metrics.ack_service!.histogram.min).toBeGreaterThan(0);
		const http = transport === "polling" || transport === "upgrade" ? ["engine_handshake", "tcp", "tls"] : [];
		const upgrade = transport === "upgrade" ? ["upgrade"] : [];
		const phases = ["ack", "ack_service", "connect", "first_ack", "socket_connect", ...http, ...upgrade];
		expect(Object.keys(metrics).sort()).toEqual(phases.sort());
		expect(metrics.connect?.histogram.count).toBe(5);
	});

	it.each(K6_TRANSPORTS)("%s: no tag of any sample contains a sid, a t or a URL", (transport) => {
		const { samples } = runs.get(transport)!;
		const tags = [...samples.matchAll(/"tags":(\{[^}]*\})/g)].map(([, text = ""]) => text);
		expect(tags.length).toBeGreaterThan(300);
		expect(tags.filter((text) => /sid|[?&]t=|127\.0\.0\.1|http|wss?:/.test(text))).toEqual([]);
		// Every new tag value creates a time series in the stores that k6 writes to.
		expect(new Set(tags).size).toBeLessThan(40);
	});

	it("prints the report on stdout and names the result file on stderr", () => {
		const { stdout, stderr } = runs.get("websocket")!;
		expect(stdout).toMatch(/Response time: from the scheduled send to the ack/);
		expect(stderr).toMatch(
			/^k6 v2\.\d+\.\d+: echo over websocket at https:\/\/127\.0\.0\.1:\d+\/: 5 sessions/,
		);
		expect(stderr).toMatch(/result: .*result\.json\n$/);
	});
});
