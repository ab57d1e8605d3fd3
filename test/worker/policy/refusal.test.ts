import { afterEach, describe, expect, it, vi } from "vitest";
import { readRest, refuse } from "../../../worker/policy/refusal.ts";
import { parsed, parsedUrl } from "../support/pools.ts";

describe("a request is refused before it is routed", () => {
	it.each([
		["TRACE", "/", null],
		["TRACK", "/", null],
		["CONNECT", "/", null],
		["PURGE", "/page", null],
		["get", "/page", null],
		["FOO", "/socket.io/?EIO=4&transport=polling", null],
		["TRACE", "/socket.io/?EIO=4&transport=websocket", "websocket"],
	])("with 405 for %s %s (Upgrade %s)", async (method, path, upgrade) => {
		const refused = refuse(parsed(method, path, upgrade))!;
		expect([refused.reason, refused.code, refused.response.status]).toEqual(["method", null, 405]);
		expect(refused.response.headers.get("allow")).toMatch(/^GET, POST, OPTIONS, HEAD, PUT, PATCH, DELETE, /);
		expect(await refused.response.json()).toMatchObject({ code: "EDGE_METHOD" });
	});

	it.each(["POST", "OPTIONS", "HEAD", "PUT"])(
		"with 405 for a WebSocket by %s outside Engine.IO",
		(method) => {
			const { response } = refuse(parsed(method, "/ws", "WebSocket"))!;
			expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
		},
	);

	it.each(["a:99999", "x/__edge", "a, b", "u@h", ""])("with 400 for the Host header %j", async (host) => {
		const refused = refuse(parsedUrl(`https://${host}/__edge/stats`, { host, origin: "https://page.test" }))!;
		expect([refused.reason, refused.detail, refused.response.status]).toEqual(["host", host, 400]);
		expect(refused.response.headers.get("access-control-allow-origin")).toBe("https://page.test");
		expect(await refused.response.json()).toMatchObject({ code: "EDGE_HOST" });
	});

	it.each([
		["GET", "/ws", "websocket"],
		["GET", "/socket.io/?EIO=4&transport=websocket", "websocket"],
		["HEAD", "/page", null],
		["DELETE", "/page", "h2c"],
		["PROPFIND", "/dav/", null],
		["QUERY", "/search", null],
		["OPTIONS", "/socket.io/?EIO=4&transport=websocket", "websocket"],
	])("but not for %s %s (Upgrade %s), which policy may still deny", (method, path, upgrade) => {
		expect(refuse(parsed(method, path, upgrade))).toBeNull();
	});
});

describe("the rest of a refused request's body", () => {
	afterEach(() => vi.useRealTimers());

	/** A request whose body has `chunks` chunks of 1 MiB and then ends, or goes on for ever, or breaks off. */
	function requestOf(chunks: number, then: "end" | "silence" | "error") {
		const seen = { chunks: 0, cancelled: false };
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (seen.chunks < chunks) {
					seen.chunks += 1;
					controller.enqueue(new Uint8Array(2 ** 20));
					return;
				}
				if (then === "end") controller.close();
				else if (then === "error") controller.error(new Error("the client has left"));
				else return new Promise(() => {});
				return;
			},
			cancel() {
				seen.cancelled = true;
			},
		});
		return { request: new Request("https://edge.test/", { method: "POST", body }), seen };
	}

	it("is read to its end", async () => {
		const { request, seen } = requestOf(3, "end");
		await readRest(request);
		expect(seen).toEqual({ chunks: 3, cancelled: false });
	});

	it("is read up to 8 MiB", async () => {
		const { request, seen } = requestOf(100, "end");
		await readRest(request);
		expect(seen.cancelled).toBe(true);
		expect(seen.chunks).toBeLessThan(12);
	});

	it("is read for at most 5 s", async () => {
		vi.useFakeTimers();
		let cancelledAt = 0;
		const startedAt = Date.now();
		const body = new ReadableStream<Uint8Array>({
			async pull(controller) {
				await new Promise((resolve) => setTimeout(resolve, 900));
				controller.enqueue(new Uint8Array(1));
			},
			cancel() {
				cancelledAt = Date.now();
			},
		});
		const reading = readRest(new Request("https://edge.test/", { method: "POST", body }));
		await vi.advanceTimersByTimeAsync(6000);
		await reading;
		expect(cancelledAt - startedAt).toBe(5000);
	});

	it("is read until the client pauses for 1 s", async () => {
		vi.useFakeTimers();
		const { request, seen } = requestOf(1, "silence");
		const reading = readRest(request);
		await vi.advanceTimersByTimeAsync(999);
		expect(seen.cancelled).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		await reading;
		expect(seen.cancelled).toBe(true);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("does not matter when the client leaves, when there is none, or when somebody else reads it", async () => {
		await readRest(requestOf(1, "error").request);
		await readRest(new Request("https://edge.test/"));
		const { request, seen } = requestOf(1, "end");
		request.body!.getReader();
		await readRest(request);
		expect(seen.cancelled).toBe(false);
	});
});
