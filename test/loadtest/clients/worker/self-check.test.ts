import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { SelfCheck } from "../../../../loadtest/clients/worker/self-check.ts";

function keepBusy(ms: number): void {
	const end = performance.now() + ms;
	while (performance.now() < end);
}

async function afterBusy(busyMs: number): Promise<number> {
	const check = new SelfCheck();
	check.start();
	await sleep(1);
	check.take(0);
	keepBusy(busyMs);
	await sleep(1);
	const { elu } = check.take(1);
	check.stop();
	return elu;
}

test("a busy fraction of a second counts as a share of a whole second", async () => {
	const elu = await afterBusy(100);
	expect(elu).toBeGreaterThan(0.09);
	expect(elu).toBeLessThan(0.5);
});

test("more than a second without a pause is busy throughout", async () => {
	expect(await afterBusy(1100)).toBeGreaterThan(0.9);
});
