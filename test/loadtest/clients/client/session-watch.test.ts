import { expect, test } from "vitest";
import { refuseOversized } from "../../../../loadtest/clients/client/session-watch.ts";

const message = (...args: unknown[]) => ["echo", ...args];

test("bytes inside an argument count as the attachment that they are sent as, not as their JSON", () => {
	for (const bytes of [Buffer.alloc(90_000), new Uint8Array(90_000), new ArrayBuffer(90_000)])
		expect(() => refuseOversized(message({ name: "a", bytes }), 100_000)).not.toThrow();
});

test("a message is refused when its text, or one of its attachments, is longer than the server accepts", () => {
	for (const args of [["x".repeat(100_000)], [Buffer.alloc(100_001)], [{ bytes: new Uint8Array(100_001) }]])
		expect(() => refuseOversized(message(...args), 100_000)).toThrow(/the server's maxPayload is 100,000/);
	expect(() => refuseOversized(message("x".repeat(100_000)), 0)).not.toThrow();
});
