/** How a node reaches the clients of the other nodes. */
import { createAdapter } from "@socket.io/cluster-adapter";
import type { Server } from "socket.io";
import { type PublishedIds, publishedIdsInMemory } from "./published-ids.ts";

/** A node's connection to the other nodes, and the guarantees it gives. */
export interface Link {
	readonly kind: "none" | "ipc" | "redis";
	/** Whether a client that reconnects, to any node, gets the events it missed. */
	readonly recovers: boolean;
	/** The ids of the events published recently. */
	readonly publishedIds: PublishedIds;
	/** Sets the adapter of `io`. */
	join(io: Server): void;
	/** False while the other nodes cannot be reached; the node keeps serving its own clients. */
	up(): boolean;
	/** Events and sessions that could not be stored, since start. */
	unsaved(): number;
	/** Resolves when everything sent so far is stored, or has failed. */
	flush(): Promise<void>;
	close(): Promise<void>;
}

const WITHOUT_STORE = {
	recovers: false,
	up: () => true,
	unsaved: () => 0,
	flush: async () => {},
	close: async () => {},
} as const;

/** A single node. */
export function noLink(): Link {
	return { ...WITHOUT_STORE, kind: "none", publishedIds: publishedIdsInMemory(), join: () => {} };
}

/** The built-in adapter: packets go over the IPC channel to the primary process, which passes them on. */
export function ipcLink(): Link {
	return {
		...WITHOUT_STORE,
		kind: "ipc",
		publishedIds: publishedIdsInMemory(),
		join: (io) => void io.adapter(createAdapter()),
	};
}
