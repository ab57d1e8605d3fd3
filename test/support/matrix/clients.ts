/** The clients of the matrix: how each is started, and what it can do. */
import { join } from "node:path";
import type { CommandLine } from "./process.ts";
import { built, pinned, SOURCES, type Toolchain } from "./toolchains.ts";

/** Ways to connect: by one transport alone, or by polling with an upgrade to WebSocket. */
export const MODES = ["polling", "websocket", "upgrade"] as const;
export type Mode = (typeof MODES)[number];

export interface MatrixClient {
	readonly id: string;
	/** Its row in the table. */
	readonly name: string;
	readonly needs: Toolchain;
	readonly eio: 3 | 4;
	/** The command that starts it. */
	command(): Promise<CommandLine>;
}

const PINNED_JS = (module: string) =>
	pinned("js/package.json", new RegExp(`"${module}": "npm:socket.io-client@([0-9.]+)"`));

/** A release of socket.io-client for Node.js. */
function nodeClient(module: string, eio: 3 | 4): MatrixClient {
	return {
		id: module,
		name: `socket.io-client ${PINNED_JS(module)}, Node.js`,
		needs: "node",
		eio,
		async command() {
			const options = JSON.stringify({ module: join(await built("node"), "node_modules", module) });
			return [process.execPath, join(SOURCES, "js/client.ts"), options];
		},
	};
}

export const CLIENTS: readonly MatrixClient[] = [
	nodeClient("socket.io-client-2", 3),
	nodeClient("socket.io-client-3", 4),
	nodeClient("socket.io-client-4.0", 4),
	nodeClient("socket.io-client-4.8", 4),
	{
		id: "chromium",
		name: `socket.io-client ${pinned("../../../package.json", /"socket.io-client": "([0-9.]+)"/)}, Chromium`,
		needs: "chromium",
		eio: 4,
		command: async () => [process.execPath, join(SOURCES, "js/browser.ts")],
	},
	{
		id: "python",
		name: `python-socketio ${pinned("python/requirements.txt", /^python-socketio==(.+)$/m)}`,
		needs: "python",
		eio: 4,
		command: async () => [join(await built("python"), "bin/python"), join(SOURCES, "python/client.py")],
	},
	{
		id: "java",
		name: `socket.io-client-java ${pinned("java/pom.xml", /socket\.io-client<\/artifactId>\s*<version>(.+)</)}`,
		needs: "java",
		eio: 4,
		async command() {
			const folder = await built("java");
			return ["java", "-cp", `${folder}/classes:${folder}/lib/*`, "Client"];
		},
	},
	{
		id: "go",
		name: `zishang520/socket.io ${pinned("go/go.mod", /clients\/socket\/v3 v(\S+)/)}, Go`,
		needs: "go",
		eio: 4,
		command: async () => [join(await built("go"), "client")],
	},
	{
		id: "rust",
		name: `rust_socketio ${pinned("rust/Cargo.toml", /rust_socketio = "=(.+)"/)}`,
		needs: "rust",
		eio: 4,
		command: async () => [join(await built("rust"), "debug/client")],
	},
	{
		id: "starscream",
		name: "raw WebSocket with Starscream's headers",
		needs: "node",
		eio: 4,
		command: async () => [process.execPath, join(SOURCES, "js/starscream.ts")],
	},
];
