import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

let rig: Rig;
beforeAll(async () => {
	rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const BINARY = Buffer.from([1, 2, 3]);

/** Frames of kinds that have crashed Socket.IO servers over the years, sent in an open session. */
const FRAMES: readonly (readonly [what: string, frames: readonly (string | Buffer)[]])[] = [
	[
		"a placeholder with a method's name in place of its number",
		["4" + '51-["hello",{"_placeholder":true,"num":"splice"}]', BINARY],
	],
	["a placeholder beyond the attachments", ['451-["hello",{"_placeholder":true,"num":99}]', BINARY]],
	["an object in place of an event's name", ['42[{"toString":"foo"}]']],
	[
		"the name of a reserved event",
		['42["error","boom"]', '42["connect"]', '42["disconnecting"]', '42["newListener"]'],
	],
	["an absurd number of attachments", ['451000000000-["x",{"_placeholder":true,"num":0}]']],
	["incomplete attachment counts", ['450-["x"]', '45-["x"]']],
	["a binary frame without an announcement", [BINARY]],
	["text in place of an attachment", ['451-["x",{"_placeholder":true,"num":0}]', '42["y"]']],
	["JSON nested 20,000 deep", [`42["x",${"[".repeat(20_000)}${"]".repeat(20_000)}]`]],
	["an ack id of 400 digits", [`42${"9".repeat(400)}["echo","x"]`]],
	["three connects", ["40", "40", "40"]],
	["packets of types that do not exist", ["4", "49", "9", "0", "5", "6", "7", ""]],
	["100,000 separators", ["\x1e".repeat(100_000)]],
	["NUL and BOM", ["42\0", '\uFEFF42["x"]']],
	["a namespace that was not opened", ["40/admin,", '42/admin,["x"]']],
	["broken JSON", ["42[", '42{"a":', "42undefined"]],
];

async function openSession(): Promise<WebSocket> {
	const socket = new WebSocket(
		`${rig.edge.https.replace("https", "wss")}/socket.io/?EIO=4&transport=websocket`,
		{ ca: rig.ca },
	);
	socket.on("error", () => {});
	await once(socket, "open");
	return socket;
}

async function openPollingSession(): Promise<string> {
	const opened = await secureFetch(`${rig.edge.https}/socket.io/?EIO=4&transport=polling`);
	const { sid } = JSON.parse(opened.body.slice(1)) as { sid: string };
	return `${rig.edge.https}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
}

async function expectEdgeWorks(): Promise<void> {
	const socket = await rig.connect({ transports: ["websocket"] });
	expect(await socket.timeout(5000).emitWithAck("echo", "still here")).toBe("still here");
	socket.disconnect();
	for (const node of rig.nodes) expect(() => process.kill(node.pid, 0)).not.toThrow();
}

describe("bad frames", () => {
	test.each(FRAMES)("over WebSocket (%s) end at most their own session", async (_what, frames) => {
		const socket = await openSession();
		socket.send("40");
		for (const frame of frames) if (socket.readyState === WebSocket.OPEN) socket.send(frame);
		socket.close();
		await once(socket, "close");
		await expectEdgeWorks();
	});

	test.each(FRAMES.filter(([, frames]) => frames.every((frame) => typeof frame === "string")))(
		"over polling (%s) are answered and end at most their own session",
		async (_what, frames) => {
			const url = await openPollingSession();
			for (const frame of frames) {
				const { status } = await secureFetch(url, {
					method: "POST",
					body: frame as string,
					headers: { "content-type": "text/plain" },
				});
				expect([200, 400]).toContain(status);
			}
			await expectEdgeWorks();
		},
	);

	test("that exceed the limit of a POST get 413, with and without a Content-Length", async () => {
		const url = await openPollingSession();
		const body = "4".repeat(1_000_001);
		const announced = await secureFetch(url, {
			method: "POST",
			body,
			headers: { "content-length": String(body.length) },
		});
		expect([announced.status, JSON.parse(announced.body)]).toMatchObject([413, { code: 3 }]);
		const chunked = await secureFetch(url, {
			method: "POST",
			body,
			headers: { "transfer-encoding": "chunked" },
		});
		expect([chunked.status, JSON.parse(chunked.body)]).toMatchObject([413, { code: 3 }]);
		const small = await secureFetch(url, {
			method: "POST",
			body: "40",
			headers: { "transfer-encoding": "chunked" },
		});
		expect(small.status).toBe(200);
	});

	test("that are 100,000 one-byte fragments of one message end at most their own session", async () => {
		const socket = await openSession();
		socket.send("4", { fin: false });
		for (let i = 0; i < 100_000 && socket.readyState === WebSocket.OPEN; i++)
			socket.send("2", { fin: false });
		socket.terminate();
		await expectEdgeWorks();
	});
});
