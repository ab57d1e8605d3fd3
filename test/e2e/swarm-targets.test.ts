/** Targets as other people have them: balancers, transports, addresses, certificates, paths. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { Server, type ServerOptions } from "socket.io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { reportPage } from "../../loadtest/report/page.ts";
import { reportText } from "../../loadtest/report/text.ts";
import { runSwarmCommand } from "../support/swarm/command.ts";
import { startCookieBalancer } from "../support/swarm/cookie-balancer.ts";

const never = new AbortController().signal;
const small = { clients: 4, rate: 20, warmup: 0, connectTimeout: 5, ackTimeout: 5 };

interface Served extends AsyncDisposable {
	readonly port: number;
	readonly io: Server;
}

/** A Socket.IO server with `echo`, on any address. */
async function serve(
	options: Partial<ServerOptions> = {},
	host = "127.0.0.1",
	http: HttpServer = createServer(),
): Promise<Served> {
	const io = new Server(http, options);
	io.on("connection", (socket) => {
		socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
	});
	await new Promise<void>((resolve) => http.listen(0, host, resolve));
	return {
		port: (http.address() as AddressInfo).port,
		io,
		async [Symbol.asyncDispose]() {
			await io.close();
		},
	};
}

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

	test("an address of --sources that cannot be bound is named", async () => {
		await using target = await serve();
		const given = checked({ url: `http://127.0.0.1:${target.port}`, sources: ["127.0.0.1", "192.0.2.7"] });
		await expect(given).rejects.toThrow("--sources 192.0.2.7: cannot be bound (EADDRNOTAVAIL)");
	});
});

describe("certificates", () => {
	let folder: string;
	let key: string;
	let cert: string;
	const file = (name: string) => join(folder, name);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "targets-"));
		const made = await generate([{ name: "commonName", value: "app.test" }], {
			extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "app.test" }] }],
		});
		[key, cert] = [made.private, made.cert];
		await writeFile(file("ca.pem"), cert);
		await writeFile(file("key.pem"), key);
		await writeFile(file("no.pem"), "hello");
	});
	afterAll(() => rm(folder, { recursive: true }));

	test("--ca trusts the target's authority, and --resolve reaches it by the certificate's name", async () => {
		await using target = await serve({}, "127.0.0.1", createTlsServer({ key, cert }));
		const url = `https://app.test:${target.port}`;
		const resolve = { [`app.test:${target.port}`]: "127.0.0.1" };
		const { plan } = await checked({ url, resolve, ca: file("ca.pem") });
		expect(plan.groups).toHaveLength(3);
		await expect(checked({ url, resolve })).rejects.toThrow(/not trusted \(it is self-signed/);
		const byAddress = checked({ url: `https://127.0.0.1:${target.port}`, ca: file("ca.pem") });
		await expect(byAddress).rejects.toThrow(/certificate is for another host .*--resolve/);
	});

	test("--cert and --key identify the client, and their lack is named", async () => {
		const http = createTlsServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true });
		await using target = await serve({}, "127.0.0.1", http);
		const url = `https://127.0.0.1:${target.port}`;
		const own = { cert: file("ca.pem"), key: file("key.pem") };
		expect((await checked({ url, insecure: true, ...own })).leftOut).toEqual([]);
		await expect(checked({ url, insecure: true })).rejects.toThrow(
			/wants a client certificate .*--cert and --key/,
		);
	});

	test.each<[string, () => PlanOptions, RegExp]>([
		[
			"a file that is not there",
			() => ({ ca: file("none.pem") }),
			/--ca .*none\.pem: cannot be read \(ENOENT\)/,
		],
		[
			"a file that is not PEM",
			() => ({ ca: file("no.pem") }),
			/--ca .*no\.pem: holds no PEM of a certificate/,
		],
		["a certificate without its key", () => ({ cert: file("ca.pem") }), /--cert is given without --key/],
		[
			"a certificate as key",
			() => ({ cert: file("ca.pem"), key: file("ca.pem") }),
			/--key .*: holds no PEM of a private key/,
		],
	])("%s is a usage error", (_, options, message) => {
		expect(() => planFrom({ url: "https://localhost", ...options() })).toThrow(message);
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
