/** session() and setup() of a scenario file: logins, joins, and what goes wrong in them. */
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { planFrom } from "../../loadtest/plan/plan.ts";
import { loadScenario } from "../../loadtest/plan/scenarios.ts";
import type { Group, Result } from "../../loadtest/record/result.ts";
import { reportText } from "../../loadtest/report/text.ts";
import {
	runScenario as run,
	scenarioText,
	SMALL as small,
	temporaryFolder,
} from "../support/swarm/scenario-file.ts";
import { type Served, serve } from "../support/swarm/serve.ts";

function only(result: Result): Group {
	expect(result.groups).toHaveLength(1);
	return result.groups[0]!;
}

/** A server whose sessions need a token from its login page, and which knows a token for one session only. */
async function loginServer(): Promise<
	Served & { readonly spent: string[]; readonly joined: Map<string, number> }
> {
	const fresh = new Set<string>();
	const spent: string[] = [];
	const joined = new Map<string, number>();
	const http = createServer((asked, answer) => {
		if (asked.url === "/login" && asked.method === "POST") {
			const user = String(asked.headers["x-user"]);
			answer.writeHead(302, { location: "/welcome", "set-cookie": `user=${user}; Path=/; HttpOnly` }).end();
		} else if (asked.url === "/welcome") {
			const user = /user=(\w+)/.exec(asked.headers.cookie ?? "")?.[1] ?? "nobody";
			const token = `${user}-${spent.length + fresh.size}`;
			fresh.add(token);
			answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token }));
		} else if (!asked.url?.startsWith("/socket.io/")) answer.writeHead(404).end();
	});
	const served = await serve({}, "127.0.0.1", http);
	served.io.use((socket, next) => {
		const token = String(socket.handshake.auth["token"]);
		if (!fresh.delete(token)) return next(new Error(`unknown token ${token}`));
		if (!socket.request.headers.cookie?.includes("user=")) return next(new Error("no cookie"));
		spent.push(token);
		next();
	});
	served.io.on("connection", (socket) => {
		socket.on("join", (user: string, ack: () => void) => {
			joined.set(user, (joined.get(user) ?? 0) + 1);
			socket.data["joined"] = true;
			ack();
		});
		socket.on("say", (_: unknown, ack: () => void) => {
			if (socket.data["joined"]) ack();
		});
	});
	return { ...served, spent, joined };
}

/** Cuts all sessions once, when clients have sent so many events. */
function cutAfter({ io }: Served, events: number): void {
	let heard = 0;
	io.on("connection", (socket) => {
		socket.onAny(() => {
			heard += 1;
			if (heard === events) for (const one of io.of("/").sockets.values()) one.conn.close();
		});
	});
}

const LOGIN = `
	async session({ n, fetch }) {
		const answer = await fetch("/login", { method: "POST", headers: { "x-user": "u" + n } });
		return { auth: { token: (await answer.json()).token } };
	},
	async setup(socket, { n }) { await socket.emitWithAck("join", "u" + n); },
`;

describe("session() and setup()", () => {
	test("log in over HTTP with cookies and a redirect, and join before the first message", async () => {
		await using server = await loginServer();
		await using folder = await temporaryFolder();
		const group = only(await run(server, folder, { fields: LOGIN, event: "say" }));
		expect(group.errors).toEqual({});
		expect(group.counts).toMatchObject({ sessionsOpen: 4, due: 40, received: 40 });
		// The check before the run opened a session as well.
		expect(server.joined).toEqual(
			new Map([
				["u0", 2],
				["u1", 1],
				["u2", 1],
				["u3", 1],
			]),
		);
	});

	test("are called again on reconnection, with a fresh token", async () => {
		await using server = await loginServer();
		await using folder = await temporaryFolder();
		cutAfter(server, 16);
		const load = { event: "say", reconnection: true, duration: 4, rate: 10, maxLoss: 100 };
		const result = await run(server, folder, { fields: LOGIN, ...load });
		const group = only(result);
		expect(group.counts.sessionsLost).toBe(4);
		expect(group.metrics.recover?.histogram.count).toBe(4);
		expect(server.spent).toHaveLength(9);
		expect(server.joined.get("u3")).toBe(2);
		expect(group.errors["scenario_error"]).toBeUndefined();
	});

	test("that fail while a session reconnects are counted, without the token", async () => {
		await using server = await serve();
		await using folder = await temporaryFolder();
		const fields = `session({ n }) {
			calls.set(n, (calls.get(n) ?? 0) + 1);
			if (calls.get(n) > 1) throw new Error("token secret-77 has expired");
			return { auth: { token: "secret-77" } };
		},`;
		cutAfter(server, 12);
		const result = await run(server, folder, {
			fields,
			before: "const calls = new Map();",
			clients: 1,
			reconnection: true,
			duration: 3,
			maxLoss: 100,
		});
		const group = only(result);
		expect(group.errors["scenario_error"]).toBeGreaterThan(0);
		expect(group.samples?.["scenario_error"]).toEqual(["session(): token *** has expired"]);
	});

	test("that fail for one client are counted with what was said, and the others are measured", async () => {
		await using server = await serve();
		await using folder = await temporaryFolder();
		const fields = 'session({ n }) { if (n === 3) throw new Error("user 3 is locked"); return {}; },';
		const result = await run(server, folder, { fields, event: "echo" });
		const group = only(result);
		expect(group.counts).toMatchObject({ sessionsTried: 4, sessionsOpen: 3, due: 40, received: 30 });
		expect(group.errors).toEqual({ open_scenario_error: 1 });
		expect(reportText(result)).toContain(
			"open_scenario_error: the code of the scenario's file failed (session(): user 3 is locked); correct it.",
		);
	});

	test.each([
		["throws", 'session() { throw new TypeError("no user"); },', /session\(\): TypeError: no user/],
		[
			"cannot log in",
			'async session({ fetch }) { await fetch("http://127.0.0.1:65533/"); },',
			/session\(\): .*ECONNREFUSED/,
		],
		[
			"returns an unknown key",
			'session: () => ({ token: "abc" }),',
			/session\(\): it returned the unknown key token; return any of auth, headers, query, namespace/,
		],
		["returns nothing", "session() {},", /session\(\): it returned no object/],
		["does not end", "session: () => new Promise(() => {}),", /session\(\) did not end in 1 s/],
		["throws in setup", 'setup() { throw new RangeError("no room"); },', /setup\(\): RangeError: no room/],
		["never ends its setup", "setup: () => new Promise(() => {}),", /setup\(\) did not end in 1 s/],
		["throws in message", 'message() { throw new Error("no text"); },', /message\(\): no text/],
		[
			"returns what JSON cannot hold",
			"message() { const a = {}; a.a = a; return a; },",
			/message\(\): .*circular structure/,
		],
		["returns no array of args", "args: () => 5,", /args\(\): it returned no array/],
	])(
		"a scenario that %s ends the command before any load, and names the function",
		async (_, fields, said) => {
			await using server = await serve();
			await using folder = await temporaryFolder();
			const file = await folder.write("mine.ts", scenarioText("echo", fields));
			const plan = planFrom({
				url: `http://127.0.0.1:${server.port}`,
				...small,
				connectTimeout: 1,
				scenario: await loadScenario(file),
			});
			await expect(preflight(plan)).rejects.toThrow(said);
			await expect(preflight(plan)).rejects.not.toThrow(/\n\s+at /);
		},
	);
});
