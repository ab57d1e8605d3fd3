/** Targets as other people have them: balancers, transports, addresses, certificates, paths. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { clientOptions } from "../../loadtest/clients/client/client-options.ts";
import { openSession } from "../../loadtest/clients/client/session.ts";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { reportPage } from "../../loadtest/report/page.ts";
import { reportText } from "../../loadtest/report/text.ts";
import { Command, outcome } from "../support/commands/command.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startCookieBalancer } from "../support/swarm/cookie-balancer.ts";
import { serve } from "../support/swarm/serve.ts";

const never = new AbortController().signal;
const small = { clients: 4, rate: 20, warmup: 0, connectTimeout: 5, ackTimeout: 5 };

const checked = (options: PlanOptions) => preflight(planFrom({ ...small, ...options }));

describe("behind a balancer that is sticky by cookie", () => {
	test("every transport is measured, with the cookies that each client was given", {
		timeout: 60_000,
	}, async () => {
		await using balancer = await startCookieBalancer();
		const transports = ["polling", "polling-fetch", "websocket", "upgrade"] as const;
		const plan = planFrom({
			url: balancer.url,
			...small,
			duration: 2,
			transports,
			headers: { Cookie: "own=1" },
		});
		const { groups, validity } = await runSwarm(plan, { progress: () => {} }, never);
		expect(validity.flags.map(({ code }) => code)).not.toContain("transport_left_out");
		for (const { counts, errors } of groups) {
			expect(errors).toEqual({});
			expect(counts).toMatchObject({ sessionsOpen: 4, due: 10, received: 10 });
		}
		expect(balancer.cookies).toContain("own=1; srv=1");
	});

	test.each(["polling", "websocket", "upgrade"] as const)(
		"%s keeps its cookies over a reconnection",
		async (transport) => {
			await using balancer = await startCookieBalancer();
			const plan = planFrom({ url: balancer.url, transports: [transport], reconnection: true });
			const { socket, wire } = await openSession(clientOptions(plan, plan.groups[0]!, 0));
			const before = balancer.cookies.length;
			const back = new Promise<void>((resolve) => socket.once("connect", resolve));
			wire.cut();
			await back;
			const since = balancer.cookies.slice(before);
			socket.disconnect();
			wire.cut();
			expect(since.length).toBeGreaterThan(0);
			expect(new Set(since)).toEqual(new Set(["srv=1"]));
		},
	);

	test("--polling-agent default keeps cookies too", async () => {
		await using balancer = await startCookieBalancer();
		const { leftOut } = await checked({
			url: balancer.url,
			transports: ["polling"],
			pollingAgent: "default",
		});
		expect(leftOut).toEqual([]);
	});

	test("--no-cookies leaves out polling and says why; websocket is measured", async () => {
		await using balancer = await startCookieBalancer();
		const { plan, leftOut } = await checked({ url: balancer.url, cookies: false });
		expect(plan.transports).toEqual(["websocket"]);
		expect(leftOut[0]!.message).toMatch(
			/polling target was left out: .*make the balancer sticky, and leave out --no-cookies/,
		);
	});
});

describe("a transport that the server does not offer", () => {
	test.each([
		["websocket", ["websocket"], ["polling target", "upgrade target"]],
		["polling", ["polling"], ["websocket target", "upgrade target"]],
	] as const)("is left out where there is %s alone", async (_, transports, names) => {
		await using target = await serve({ transports: [...transports] });
		const { plan, leftOut } = await checked({ url: `http://127.0.0.1:${target.port}` });
		expect(plan.groups.map(({ transport }) => transport)).toEqual(transports);
		expect(plan.slot * plan.order.length).toBeCloseTo(30, 9);
		expect(leftOut.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
			"transport_left_out info",
			"transport_left_out info",
		]);
		for (const [i, name] of names.entries())
			expect(leftOut[i]!.message).toMatch(new RegExp(`^${name} was left out: .*does not offer`));
	});

	test("is an error with --require, and when no other is left", async () => {
		await using target = await serve({ transports: ["websocket"] });
		const url = `http://127.0.0.1:${target.port}`;
		await expect(checked({ url, require: true })).rejects.toThrow(/\(polling, upgrade\): .*does not offer/);
		await expect(checked({ url, transports: ["polling"] })).rejects.toThrow(/\(polling\): .*does not offer/);
	});

	test("does not hide an address that fails on all of them", async () => {
		await using target = await serve();
		const paths = `direct=http://127.0.0.1:${target.port},direct=http://127.0.0.1:9`;
		await expect(checked({ paths })).rejects.toThrow(
			"http://127.0.0.1:9/ (polling, websocket, upgrade): connection refused; start the target",
		);
	});

	test("is noted on stderr and in the result, and the run is made", { timeout: 30_000 }, async () => {
		await using target = await serve({ transports: ["websocket"] });
		const args = ["--clients", "2", "--rate", "10", "--duration", "1", "--json"];
		const { stdout, stderr } = await runSwarmCommand(`http://127.0.0.1:${target.port}`, ...args);
		expect(stderr).toContain("polling target was left out: the server does not offer this transport");
		const result = JSON.parse(stdout);
		expect(result.plan.transports).toEqual(["websocket"]);
		expect(result.validity.flags[0]).toMatchObject({ code: "transport_left_out", severity: "info" });
	});
});

describe("local addresses", () => {
	test.each(["127.0.0.1", "::1"])(
		"localhost is reached where the server listens on %s alone",
		async (host) => {
			await using target = await serve({}, host);
			const { plan } = await checked({ url: `http://localhost:${target.port}` });
			expect(plan.groups).toHaveLength(3);
			expect(plan.sources).toHaveLength(host === "::1" ? 0 : 250);
		},
	);

	test("an IPv6 literal is reached", async () => {
		await using target = await serve({}, "::1");
		expect((await checked({ url: `http://[::1]:${target.port}` })).leftOut).toEqual([]);
	});

	const canUnshare = spawnSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"]).status === 0;
	test.skipIf(!canUnshare)(
		"where only 127.0.0.1 can be bound, as on macOS, calibrate runs without a flag",
		{ timeout: 60_000 },
		async () => {
			const alone = "ip link set lo up; ip addr del 127.0.0.1/8 dev lo; ip addr add 127.0.0.1/32 dev lo";
			const args = "--transports websocket --clients 5 --seconds 1 --most 500";
			const line = `${alone}; exec ${process.execPath} loadtest/cli.ts swarm calibrate ${args}`;
			const { code, stdout, stderr } = await outcome(new Command("unshare", ["-rn", "sh", "-c", line]));
			expect(stderr).toBe("");
			expect(stdout).toMatch(/\n\s+500\s+[1-9]\d*\s/);
			expect(code).toBe(0);
		},
	);

	test("calibrate fails with the cause when it cannot measure", { timeout: 60_000 }, async () => {
		const args = "--transports websocket --clients 200 --seconds 1 --most 500";
		const line = `ulimit -n 60; exec ${process.execPath} loadtest/cli.ts swarm calibrate ${args}`;
		const { code, stderr } = await outcome(new Command("bash", ["-c", line]));
		// The generator or its echo server runs out first.
		expect(stderr).toMatch(
			/error: websocket, 500 messages per second: only \d+ of 200 sessions opened \(open_(connection_reset|too_many_files): \d+.*\); raise `ulimit -n`, or lower --clients\.\n/,
		);
		expect(code).toBe(1);
	});

	test("an address of --sources that cannot be bound is named", async () => {
		await using target = await serve();
		const given = checked({ url: `http://127.0.0.1:${target.port}`, sources: ["127.0.0.1", "192.0.2.7"] });
		await expect(given).rejects.toThrow("--sources 192.0.2.7: cannot be bound (EADDRNOTAVAIL)");
	});
});

test("paths differ by --path-set: Engine.IO path, namespace, auth", async () => {
	await using app = await serve({ path: "/app/socket.io/" });
	await using edge = await serve();
	app.io.of("/chat").use((socket, next) => {
		next(socket.handshake.auth["token"] === "of app" ? undefined : new Error("wrong token"));
	});
	app.io.of("/chat").on("connection", (socket) => {
		socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
	});
	const { plan } = await checked({
		paths: `app=http://127.0.0.1:${app.port},edge=http://127.0.0.1:${edge.port}`,
		auth: '{"token":"of all"}',
		pathSet: { app: { socketPath: "/app/socket.io/", namespace: "/chat", auth: '{"token":"of app"}' } },
	});
	expect(plan.groups).toHaveLength(6);
});

test("no secret reaches the result, the reports or the errors, and the server gets all of them", {
	timeout: 30_000,
}, async () => {
	await using target = await serve();
	let seen: unknown;
	target.io.of("/chat").on("connection", ({ handshake: { query, auth } }) => {
		seen = { token: query["token"], room: query["room"], auth: auth["key"] };
	});
	target.io.of("/chat").use((socket, next) => {
		if (socket.handshake.query["nth"] !== "1") return next();
		next(new Error(`refused ${socket.handshake.query["token"]} of ${socket.handshake.auth["key"]}`));
	});
	const plan = planFrom({
		url: `http://127.0.0.1:${target.port}/?token=s3cret-url`,
		...small,
		namespace: "/chat",
		query: { room: "s3cret-room", nth: "{n}" },
		auth: '{"key":"s3cret-auth"}',
		probe: "connect",
		transports: ["websocket"],
		duration: 1,
	});
	const result = await runSwarm(plan, { progress: () => {} }, never);
	expect(seen).toEqual({ token: "s3cret-url", room: "s3cret-room", auth: "s3cret-auth" });
	expect(result.groups[0]!.samples).toEqual({ open_connect_refused_by_server: ["refused *** of ***"] });
	expect(result.plan.paths[0]!.urls[0]).toMatch(/\/\?token=…$/);
	const text = reportText(result);
	expect(text).toContain(
		"the application refused the connection (refused *** of ***); give what it asks for",
	);
	for (const shown of [JSON.stringify(result), text, reportPage(result)])
		expect(shown).not.toContain("s3cret");
});
