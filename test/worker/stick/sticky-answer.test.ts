import { afterEach, describe, expect, it, vi } from "vitest";
import type { Pool } from "../../../worker/config/pool.ts";
import { faultEntry } from "../../../worker/health/fault.ts";
import { type NodeStatus, newNodeTable, WRONG_TAG } from "../../../worker/health/node-table.ts";
import { MAX_HANDSHAKE_BYTES } from "../../../worker/stick/handshake-body.ts";
import { prepareHandshake, type StickyFault, stickyAnswer } from "../../../worker/stick/stick.ts";
import { bytesOf, RECORDED, RECORDED_DEFLATE, textOf } from "../support/open-packets.ts";
import { parsed, poolOf } from "../support/pools.ts";

const HANDSHAKE = parsed("GET", "/socket.io/?EIO=4&transport=polling");
const ZSTD = "(\xb5/\xfd\x04\x00";
const OPEN = '0{"sid":"abcdefghij0123456789","upgrades":[]}';

afterEach(() => vi.restoreAllMocks());

function poolWithNode(stickiness: string, fields: object = {}): { pool: Pool; status: NodeStatus } {
	const pool = poolOf({ stickiness, ...fields });
	return { pool, status: newNodeTable(pool, 0).nodes[0]! };
}

function answer(body: string | Uint8Array<ArrayBuffer> | null, headers: object = {}, status = 200): Response {
	const bytes = typeof body === "string" ? bytesOf(body) : body;
	return new Response(bytes, { status, headers: { ...headers } });
}

async function compressed(text: string, format: "deflate" | "deflate-raw" | "gzip") {
	const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new CompressionStream(format));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function textOfAnswer(response: Response | StickyFault): Promise<string> {
	expect(response).toBeInstanceOf(Response);
	return textOf(await (response as Response).bytes());
}

describe("with rewrite, the answer to a handshake", () => {
	const { pool, status } = poolWithNode("rewrite");

	it.each(RECORDED)(
		"of $from has the tag, and is otherwise the same byte for byte",
		async ({ body, tagged }) => {
			const rewritten = await stickyAnswer(pool, status, HANDSHAKE, answer(body));
			expect(await textOfAnswer(rewritten)).toBe(tagged);
		},
	);

	it.each(RECORDED_DEFLATE)("of %s is decoded from deflate", async (_from, base64, tagged) => {
		const body = bytesOf(atob(base64));
		const rewritten = await stickyAnswer(
			pool,
			status,
			HANDSHAKE,
			answer(body, { "content-encoding": "deflate" }),
		);
		expect(await textOfAnswer(rewritten)).toBe(tagged);
	});

	it.each<[string, (text: string) => Promise<Uint8Array<ArrayBuffer>>]>([
		["deflate", (text) => compressed(text, "deflate")],
		["deflate", (text) => compressed(text, "deflate-raw")],
		["x-gzip", (text) => compressed(text, "gzip")],
		["Deflate", (text) => compressed(text, "deflate")],
		["identity", async (text) => bytesOf(text)],
		["identity, x-gzip", (text) => compressed(text, "gzip")],
	])(
		"is decoded from %s, and loses only the headers that describe the old bytes",
		async (encoding, encode) => {
			const headers = new Headers({
				"content-type": "text/plain; charset=UTF-8",
				"content-encoding": encoding,
				etag: '"1"',
				"access-control-allow-origin": "https://app.test",
			});
			headers.append("set-cookie", "a=1; Path=/");
			headers.append("set-cookie", "b=2");
			const rewritten = await stickyAnswer(
				pool,
				status,
				HANDSHAKE,
				new Response(await encode(OPEN), { headers }),
			);
			expect(await textOfAnswer(rewritten)).toBe(OPEN.replace("abc", "d0Nabc"));
			const { headers: kept } = rewritten as Response;
			expect(kept.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
			expect([...kept.keys()].filter((name) => name !== "set-cookie")).toEqual([
				"access-control-allow-origin",
				"content-type",
			]);
		},
	);

	it("passes with its connect packet of any size up to the limit", async () => {
		const body = `${OPEN}\x1e4${"x".repeat(MAX_HANDSHAKE_BYTES - OPEN.length - 2)}`;
		const rewritten = await stickyAnswer(pool, status, HANDSHAKE, answer(body));
		expect(await textOfAnswer(rewritten)).toBe(body.replace("abc", "d0Nabc"));
	});

	it.each([
		["with another status", answer(OPEN, {}, 403)],
		["to another method", answer(OPEN), parsed("POST", "/socket.io/?EIO=4&transport=polling")],
	])("%s stays as it is", async (_what, response, request = HANDSHAKE) => {
		expect(await stickyAnswer(pool, status, request, response)).toBe(response);
	});

	const page = '<!DOCTYPE html><input name="csrf" value="secret">';
	it.each<[string, Response, string]>([
		[
			"a page",
			answer(page, { "content-type": "text/html" }),
			'its body does not begin with an open packet of Engine.IO (content type "text/html", content encoding none, first bytes "<!DOCTYP")',
		],
		[
			"an encoding that the runtime does not know",
			answer(ZSTD, { "content-encoding": "zstd" }),
			'its body has an encoding that the edge cannot decode (content type none, content encoding "zstd", first bytes "(\\xb5/\\xfd\\x04\\x00")',
		],
		[
			"two encodings, of which one is not known",
			answer(ZSTD, { "content-encoding": "gzip, zstd" }),
			'its body has an encoding that the edge cannot decode (content type none, content encoding "gzip, zstd",',
		],
		[
			"bytes that are not what they claim",
			answer("no deflate", { "content-encoding": "deflate" }),
			"its body does not have the encoding that it claims",
		],
		[
			"more than the limit",
			answer(`${OPEN}${" ".repeat(MAX_HANDSHAKE_BYTES)}`),
			'its body has more than 1000000 bytes (content type none, content encoding none, first bytes "0{\\x22sid\\x22:")',
		],
		[
			"nothing",
			answer(null),
			"its body does not begin with an open packet of Engine.IO (content type none, content encoding none, first bytes none)",
		],
	])("that is %s is not rewritable, and the log says what it was", async (_what, response, found) => {
		const fault = (await stickyAnswer(pool, status, HANDSHAKE, response)) as StickyFault;
		expect(fault.fault).toBe("not_rewritable");
		const line = faultEntry("not_rewritable", pool, status.node, fault.found);
		expect(line).toMatchObject({ level: "error", code: "EDGE_REWRITE", node: "n1", url: status.node.url });
		expect(line.cure).toContain(
			`The edge cannot write the tag of node n1 into its answer to a handshake: ${found}`,
		);
		expect(line.cure).toContain('io.engine.generateId = () => "d0N" +');
		expect(line.cure).toContain('set stickiness = "sid" in POOL_APP');
		expect(line.cure).not.toMatch(/secret|abcdefghij/);
	});

	it("that decodes to more than the limit is not rewritable", async () => {
		const bomb = await compressed(OPEN + " ".repeat(MAX_HANDSHAKE_BYTES), "deflate");
		const response = answer(bomb, { "content-encoding": "deflate" });
		expect(await stickyAnswer(pool, status, HANDSHAKE, response)).toEqual({
			fault: "not_rewritable",
			found: expect.stringContaining("has more than 1000000 bytes"),
		});
	});

	it("that is not rewritable is a warning about its node, until one can be rewritten", async () => {
		const { status: fresh } = poolWithNode("rewrite");
		await stickyAnswer(pool, fresh, HANDSHAKE, answer(page));
		expect(fresh.warnings["not_rewritable"]).toContain("<!DOCTYP");
		await stickyAnswer(pool, fresh, HANDSHAKE, answer(OPEN));
		expect(fresh.warnings).toEqual({});
	});

	it("of spaces up to the limit is read in linear time", async () => {
		const startedAt = performance.now();
		const response = answer(" ".repeat(MAX_HANDSHAKE_BYTES - 1));
		expect(await stickyAnswer(pool, status, HANDSHAKE, response)).toMatchObject({ fault: "not_rewritable" });
		// A guard: in quadratic time it would take minutes.
		expect(performance.now() - startedAt).toBeLessThan(20_000);
	});

	it("rejects when the node's connection breaks, as any other request", async () => {
		const broken = new ReadableStream({
			start: (controller) => controller.error(new Error("connection lost")),
		});
		await expect(stickyAnswer(pool, status, HANDSHAKE, new Response(broken))).rejects.toThrow(
			"connection lost",
		);
	});

	it("is requested without compression", () => {
		const request = parsed("GET", "/socket.io/?EIO=4", null, { forwardable: { "accept-encoding": "zstd" } });
		prepareHandshake(poolOf({ stickiness: "sid" }), request);
		expect(request.headers.forwardable).toEqual({ "accept-encoding": "zstd" });
		prepareHandshake(pool, request);
		expect(request.headers.forwardable).toEqual({ "accept-encoding": "identity" });
	});
});

describe("with sid, the answer to a handshake", () => {
	it.each([
		["that has the tag", OPEN.replace("abc", "d0N"), {}],
		["without an open packet", "<html>", {}],
		["with an encoding that cannot be decoded", ZSTD, { "content-encoding": "zstd" }],
		["with bytes that are not UTF-8", `${OPEN.replace("abc", "d0N")}\x1e\xff\x80`, {}],
		["larger than what is read", "x".repeat(MAX_HANDSHAKE_BYTES + 5), {}],
	])("%s stays as it is, byte for byte", async (_what, body, headers) => {
		const { pool, status } = poolWithNode("sid");
		const response = answer(body, headers);
		expect(await stickyAnswer(pool, status, HANDSHAKE, response)).toBe(response);
		expect(textOf(await response.bytes()) === body).toBe(true);
	});

	it("is checked once a minute, and again after a wrong tag", async () => {
		const { pool, status } = poolWithNode("sid");
		expect(await stickyAnswer(pool, status, HANDSHAKE, answer(OPEN))).toEqual({
			fault: "foreign_tag",
			found: "",
		});
		expect(status.tagCheckedAt).toBe(WRONG_TAG);
		expect(await stickyAnswer(pool, status, HANDSHAKE, answer(OPEN))).toEqual({
			fault: "foreign_tag",
			found: "",
		});
		await stickyAnswer(pool, status, HANDSHAKE, answer(OPEN.replace("abc", "d0N")));
		expect(Date.now() - status.tagCheckedAt).toBeLessThan(10_000);
		expect(await stickyAnswer(pool, status, HANDSHAKE, answer(OPEN))).toBeInstanceOf(Response);
	});
});

describe("a node whose limits exceed the pool's", () => {
	it.each(["sid", "rewrite", "cookie", "source"])(
		"gets warnings in its status and one log line for each, with %s",
		async (stickiness) => {
			const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
			const { pool, status } = poolWithNode(stickiness, { max_body: 1000, timeouts: { poll: 20 } });
			const body = '0{"sid":"d0Nabc","pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
			for (const _ of [1, 2, 3]) await stickyAnswer(pool, status, HANDSHAKE, answer(body));
			expect(Object.keys(status.warnings)).toEqual(["poll_timeout", "max_body"]);
			expect(warn.mock.calls.map(([line]) => JSON.parse(String(line)).warning)).toEqual([
				"poll_timeout",
				"max_body",
			]);
		},
	);
});
