import { describe, expect, it } from "vitest";
import { hasUnknownLength, readBody } from "../../../worker/policy/body.ts";
import { parsed } from "../support/pools.ts";

const POST = "/socket.io/?EIO=4&transport=polling&sid=d0N0123456789abcdefg";

function streamed(...parts: string[]): Request {
	const body = new Blob(parts).stream();
	return new Request("https://edge.test/socket.io/", { method: "POST", body });
}

describe("a body of unknown length", () => {
	it("is one of an Engine.IO POST without a Content-Length", () => {
		expect(hasUnknownLength(parsed("POST", POST))).toBe(true);
		expect(hasUnknownLength(parsed("POST", POST, null, { contentLength: "6" }))).toBe(false);
		expect(hasUnknownLength(parsed("POST", "/form"))).toBe(false);
	});

	it("is read completely, up to the limit", async () => {
		const body = await readBody(streamed("4hel", "lo"), 6);
		expect(new TextDecoder().decode(body as ArrayBuffer)).toBe("4hello");
	});

	it("is null when the request has no body", async () => {
		expect(await readBody(new Request("https://edge.test/", { method: "POST" }), 6)).toBeNull();
	});

	it("is too long one byte above the limit", async () => {
		expect(await readBody(streamed("4hel", "lo!"), 6)).toBe("too long");
	});

	it("counts as too long when it breaks off", async () => {
		let pulls = 0;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (pulls++ === 0) controller.enqueue(new TextEncoder().encode("4hel"));
				else controller.error(new Error("disconnected"));
			},
		});
		const request = new Request("https://edge.test/", { method: "POST", body });
		expect(await readBody(request, 100)).toBe("too long");
	});
});
