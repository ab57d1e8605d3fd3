import { expect, test } from "vitest";
import { Client } from "../../../../loadtest/clients/client/client.ts";
import type { Session } from "../../../../loadtest/clients/client/session.ts";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";

const clientWith = (receivedAt: number) => new Client(0, { wire: { receivedAt } } as unknown as Session);

test("an event arrived when its bytes did, or now where the connection cannot be seen", () => {
	const at = nowUs();
	expect(clientWith(at).answeredAt(0)).toBe(at);
	expect(clientWith(0).answeredAt(0)).toBeGreaterThanOrEqual(at);
});

test("bytes that came before the message was sent are not its answer", () => {
	const at = nowUs();
	expect(clientWith(at - 1000).answeredAt(at)).toBeGreaterThanOrEqual(at);
});
