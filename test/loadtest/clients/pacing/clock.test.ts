import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { nowUs } from "../../../../loadtest/clients/pacing/clock.ts";

const FILE = new URL("../../../../loadtest/clients/pacing/clock.ts", import.meta.url).href;

test("the clock is the host's own to a tenth of a millisecond", () => {
	const errors = Array.from({ length: 50 }, () => {
		const before = Number(process.hrtime.bigint()) / 1000;
		const now = nowUs();
		const after = Number(process.hrtime.bigint()) / 1000;
		return Math.max(before - now, now - after, 0);
	});
	expect(Math.min(...errors)).toBeLessThan(100);
});

test("another thread's clock shows the same time", async () => {
	const code = `import(${JSON.stringify(FILE)}).then(({ nowUs }) => {
		const { parentPort } = require("node:worker_threads");
		parentPort.postMessage(nowUs() - Number(process.hrtime.bigint()) / 1000);
	});`;
	const errors: number[] = [];
	for (let i = 0; i < 5; i++) {
		const thread = new Worker(code, { eval: true, execArgv: [] });
		const [error] = (await once(thread, "message")) as [number];
		errors.push(Math.abs(error));
		await thread.terminate();
	}
	expect(Math.min(...errors)).toBeLessThan(100);
});
