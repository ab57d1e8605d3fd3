import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Memory } from "../support/origin/heap.ts";

const KIB = 1_024;
const NODE = fileURLToPath(new URL("../support/origin/heap.ts", import.meta.url));

let child: ChildProcess;
let url: string;
beforeEach(async () => {
	child = fork(NODE, [], { execArgv: ["--expose-gc"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
	url = String((await once(child, "message"))[0]);
});
afterEach(() => void child.disconnect());

async function memory(): Promise<Memory> {
	child.send("memory");
	return (await once(child, "message"))[0] as Memory;
}

/** Waits until the node has that many sessions; it learns of closed connections a little later. */
async function memoryAt(sessions: number): Promise<Memory> {
	for (;;) {
		const now = await memory();
		if (now.sessions === sessions) return now;
		await new Promise((again) => setTimeout(again, 20));
	}
}

/** Opens sessions that connect their namespace and then only answer pings. */
async function open(count: number): Promise<WebSocket[]> {
	const sockets: WebSocket[] = [];
	for (let start = 0; start < count; start += 100)
		sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, count - start) }, openOne))));
	return sockets;
}

function openOne(): Promise<WebSocket> {
	const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
	return new Promise((resolve, reject) => {
		socket.once("error", reject);
		socket.on("message", (data) => {
			const text = String(data);
			if (text.startsWith("0")) socket.send("40");
			if (text === "2") socket.send("3");
			if (text.startsWith("40")) resolve(socket);
		});
	});
}

test("guard: each of 4,000 idle WebSocket sessions takes less than 24 KiB of heap and 40 KiB resident", async () => {
	for (const socket of await open(200)) socket.terminate();
	const before = await memoryAt(0);
	const sockets = await open(4_000);
	const after = await memoryAt(4_000);
	const per = (kind: "heap" | "rss") => (after[kind] - before[kind]) / 4_000 / KIB;
	console.log(
		`per idle WebSocket session: heap ${per("heap").toFixed(1)} KiB, resident ${per("rss").toFixed(1)} KiB`,
	);
	for (const socket of sockets) socket.terminate();
	expect(per("heap")).toBeLessThan(24);
	expect(per("rss")).toBeLessThan(40);
}, 120_000);

test("guard: the heap does not grow over 20 cycles of 500 clients that join and leave", async () => {
	const heaps: number[] = [];
	for (let cycle = 0; cycle < 20; cycle++) {
		const sockets = await open(500);
		for (const socket of sockets) socket.send(`42["join","room-${cycle}"]`);
		await memoryAt(500);
		for (const socket of sockets) socket.terminate();
		heaps.push((await memoryAt(0)).heap);
	}
	console.log(`heap after each cycle, KiB: ${heaps.map((heap) => Math.round(heap / KIB)).join(" ")}`);
	const middle = (from: number, to: number) =>
		heaps.slice(from, to).toSorted((a, b) => a - b)[(to - from) >> 1] ?? 0;
	// Between the two, 7,500 sessions opened; leaking 100 bytes for each would be 732 KiB.
	expect(middle(15, 20) - middle(3, 8)).toBeLessThan(600 * KIB);
}, 120_000);
