import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../../origin/build.ts";
import { readHealth } from "../../worker/contract.ts";
import { connectClient } from "../support/origin/node.ts";
import { FRAMEWORKS, pack, startApplication, writeApplication } from "../support/origin/package.ts";

const FROM_REGISTRY = [
	"socket.io@4.8.4",
	"express",
	"fastify",
	"@nestjs/common",
	"@nestjs/core",
	"@nestjs/platform-express",
	"@nestjs/platform-socket.io",
	"@nestjs/websockets",
	"reflect-metadata",
	"rxjs",
	"prom-client",
	"typescript",
	"@types/node",
];

let folder: string;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "sticky-edge-adopt-"));
	await buildPackage(join(folder, "built"));
	writeFileSync(join(folder, "package.json"), "{}");
	const archive = pack(join(folder, "built"), folder);
	const args = ["install", "--no-audit", "--no-fund", "--silent", archive, ...FROM_REGISTRY];
	execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

// Each waits 8 s for its drain; run concurrently, they take that time once.
describe.concurrent.each(FRAMEWORKS)(
	"the README's application for %s (needs the package registry)",
	(framework) => {
		test.each(["esm", "cjs"] as const)(
			"as %s it has tagged ids, health and every transport, and exits after a drain",
			async (format) => {
				await using app = await startApplication(await writeApplication(folder, framework, format));
				const health = readHealth(await (await fetch(`${app.url}/healthz`)).json());
				expect(health).toMatchObject({ node: "n1", tag: "d0N", state: "ready" });
				for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
					using client = await connectClient(app.url, transports);
					if (transports[0] === "polling")
						expect(client.io.engine).toMatchObject({ id: expect.stringMatching(/^d0N/) });
				}
				const missing = await fetch(`${app.url}/nothing`);
				expect([missing.status, missing.headers.get("x-edge-node")]).toEqual([404, "n1"]);
				app.child.kill("SIGTERM");
				expect(await once(app.child, "exit")).toEqual([0, null]);
				expect(app.errors()).toBe("");
			},
			60_000,
		);
	},
);

test.each(["mts", "cts"])(
	"an application written in .%s compiles with the package's types",
	(ending) => {
		const file = join(folder, `types.${ending}`);
		writeFileSync(
			file,
			`import { Server } from "socket.io";
import { attachEdge, clientAddress, type EdgeAttachment } from "sticky-edge-origin";
import { serveMetrics } from "sticky-edge-origin/metrics";
import prom from "prom-client";
const io = new Server(1);
const edge: EdgeAttachment = attachEdge(io, { node: "n1", limit: 5 });
serveMetrics(io, edge, prom);
io.on("connection", (socket) => { const address: string = clientAddress(socket.request); address.trim(); });
// @ts-expect-error the id is required
attachEdge(io, {});
`,
		);
		const flags = [
			"tsc",
			"--noEmit",
			"--strict",
			"--module",
			"nodenext",
			"--target",
			"es2022",
			"--types",
			"node",
			file,
		];
		expect(execFileSync("npx", flags, { cwd: folder, encoding: "utf8" })).toBe("");
	},
	60_000,
);
