import { describe, expect, it } from "vitest";
import { needsReading, readWithin } from "../../../worker/request/body.ts";
import { asked } from "../support/pools.ts";

const POST = asked("POST", "/socket.io/?EIO=4&transport=polling&sid=d0N0123456789abcdefg");

function streamed(...parts: string[]): Request {
	const body = new Blob(parts).stream();
	return new Request("https://edge.test/socket.io/", { method: "POST", body, headers: { a: "b" } });
}

describe("a body of unknown length", () => {
	it("is read when only that tells how long it is", () => {
		expect(needsReading(streamed("4hello"), POST)).toBe(true);
		const announced = new Request("https://edge.test/", {
			method: "POST",
			headers: { "content-length": "6" },
		});
		expect(needsReading(announced, POST)).toBe(false);
		expect(needsReading(streamed("x"), asked("POST", "/form"))).toBe(false);
	});

	it("goes on whole, with its headers, up to the limit", async () => {
		const request = await readWithin(streamed("4hel", "lo"), 6);
		expect(await request?.text()).toBe("4hello");
		expect(request?.headers.get("a")).toBe("b");
	});

	it("is refused one byte above the limit", async () => {
		expect(await readWithin(streamed("4hel", "lo!"), 6)).toBeNull();
	});

	it("is refused when it breaks off", async () => {
		let pulls = 0;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (pulls++ === 0) controller.enqueue(new TextEncoder().encode("4hel"));
				else controller.error(new Error("gone"));
			},
		});
		expect(await readWithin(new Request("https://edge.test/", { method: "POST", body }), 100)).toBeNull();
	});
});
