/** A refusal reaches its client although the request's body is still coming, and the connection serves the next request. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../support/edge/rig.ts";

let rig: Rig;
beforeAll(async () => {
	rig = await startRig({ nodes: [{ id: "n1" }], pool: { deny: ["10.0.0.0/8"] } });
});
afterAll(() => rig[Symbol.asyncDispose]());

const UNKNOWN = "/socket.io/?EIO=4&transport=polling&sid=zzz0123456789abcdefg";
const EVIL = { origin: "https://evil.test" };

/** The pool's default. */
const MAX_BODY = 1_000_000;

const REFUSALS = [
	["an unknown session", "POST", UNKNOWN, {}, 400],
	["a body above max_body", "POST", UNKNOWN, {}, 413],
	["another site's origin", "POST", UNKNOWN, EVIL, 403],
	["another protocol", "POST", "/socket.io/?EIO=9&transport=polling&sid=x", {}, 400],
	["a private path", "POST", "/metrics", {}, 404],
	["a method", "TRACE", "/page", {}, 405],
	["a missing token", "POST", "/__edge/nodes/n1", {}, 401],
] as const;

interface Upload {
	readonly status: number;
	/** Whether its connection had served a request before. */
	readonly reused: boolean;
}

/** Sends a request with a body in pieces; resolves with its answer. */
async function upload(
	agent: Agent,
	method: string,
	path: string,
	headers: Readonly<Record<string, string>>,
	bytes: number,
	pieces: number,
): Promise<Upload> {
	const url = new URL(rig.edge.https);
	const sent = request({
		host: url.hostname,
		port: url.port,
		path,
		method,
		headers: { ...headers, "content-length": bytes },
		agent,
	});
	const answered = once(sent, "response");
	for (let i = 0; i < pieces; i++) {
		sent.write(Buffer.alloc(bytes / pieces, "a"));
		if (pieces > 1) await pause(20);
	}
	sent.end();
	const [answer] = (await answered) as [import("node:http").IncomingMessage];
	await text(answer);
	return { status: answer.statusCode!, reused: sent.reusedSocket };
}

describe("a client on a kept-alive connection", () => {
	test.each(
		REFUSALS.flatMap((refusal) => [
			[...refusal, 200_000, 1] as const,
			[...refusal, 200_000, 10] as const,
			[...refusal, 5_000_000, 1] as const,
		]).filter(
			([, , path, headers, status, bytes]) =>
				path !== UNKNOWN || headers === EVIL || bytes > MAX_BODY === (status === 413),
		),
	)(
		"reads the refusal of %s (%s %s, %j) with %i while it sends %i bytes in %i pieces, and goes on",
		async (_what, method, path, headers, status, bytes, pieces) => {
			const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
			try {
				for (const reused of [false, true])
					expect(await upload(agent, method, path, headers, bytes, pieces)).toEqual({ status, reused });
				expect(await upload(agent, "POST", "/who", {}, 0, 0)).toEqual({ status: 200, reused: true });
			} finally {
				agent.destroy();
			}
		},
	);
});

test("a client that reads only after it has sent the whole body reads the refusal", async () => {
	const { hostname, port } = new URL(rig.edge.https);
	for (let i = 0; i < 5; i++) {
		const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
		await once(socket, "secureConnect");
		socket.pause();
		const body = Buffer.alloc(5_000_000, "a");
		const head = `POST ${UNKNOWN} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
		socket.write(head);
		await new Promise<void>((resolve, reject) =>
			socket.write(body, (error) => (error ? reject(error) : resolve())),
		);
		expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 [\s\S]*max_body/);
	}
});

test("curl reads the refusal of an upload", async () => {
	const curl = spawn("curl", [
		"-sk",
		"--data-binary",
		"@-",
		"-w",
		"%{http_code}",
		"-H",
		"Origin: https://evil.test",
		rig.edge.https + UNKNOWN,
	]);
	curl.stdin.end(Buffer.alloc(5_000_000, "a"));
	const [output] = await Promise.all([text(curl.stdout), once(curl, "close")]);
	expect(output).toMatch(/^\{"code":4,.*\}403$/);
});

test("a body that never ends holds its refusal for a bounded time only", async () => {
	const { hostname, port } = new URL(rig.edge.https);
	const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
	socket.write(
		`POST ${UNKNOWN} HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
	);
	const [answer] = (await once(socket, "data", { signal: AbortSignal.timeout(10_000) })) as [Buffer];
	expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
	socket.destroy();
});
