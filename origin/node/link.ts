/** How a node reaches the clients of the other nodes, and what that way can promise. */
import { createAdapter } from "@socket.io/cluster-adapter";
import type { Server } from "socket.io";
import { memoryRepeats, type Repeats } from "./published-ids.ts";

/** One way to the other nodes. */
export interface Link {
	readonly kind: "none" | "ipc" | "redis";
	/** Whether a client that comes back on another node gets what it missed. */
	readonly recovers: boolean;
	/** Which events were published already. */
	readonly repeats: Repeats;
	/** Gives `io` its adapter. */
	join(io: Server): void;
	/** False while the other nodes cannot be reached; the node goes on serving its own clients. */
	up(): boolean;
	/** Things that were to be stored and were not, since start. */
	unsaved(): number;
	/** Resolves when all that was to be stored is, or cannot be. */
	settled(): Promise<void>;
	close(): Promise<void>;
}

const LOCAL = {
	recovers: false,
	up: () => true,
	unsaved: () => 0,
	settled: async () => {},
	close: async () => {},
} as const;

/** A node alone. */
export function noLink(): Link {
	return { ...LOCAL, kind: "none", repeats: memoryRepeats(), join: () => {} };
}

/** The embedded adapter: packets go over the IPC channel to the primary, which hands them to the others. */
export function ipcLink(): Link {
	return { ...LOCAL, kind: "ipc", repeats: memoryRepeats(), join: (io) => void io.adapter(createAdapter()) };
}
