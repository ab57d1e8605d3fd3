/** How the nodes of a cluster reach each other's clients. */
import { createAdapter } from "@socket.io/cluster-adapter";
import type { Server } from "socket.io";

/** The embedded adapter: packets go over the IPC channel to the primary, which hands them to the others. */
export function useClusterAdapter(io: Server): void {
	io.adapter(createAdapter());
}
