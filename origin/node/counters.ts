/** What goes through a node's sessions, counted: messages, bytes, refused requests, recoveries. */
import type { Server, Socket } from "socket.io";

/** Live counts since start. */
export interface TrafficCounts {
	readonly messages: Record<"in" | "out", number>;
	readonly bytes: Record<"in" | "out", number>;
	/** By Engine.IO's error code. */
	readonly errors: Record<string, number>;
	/** Clients that came with a session to recover: got it, or did not. */
	readonly recoveries: Record<"hit" | "miss", number>;
}

interface EnginePacket {
	readonly type: string;
	readonly data?: unknown;
}

interface PacketSource {
	on(event: "packet" | "packetCreate", listener: (packet: EnginePacket) => void): void;
}

/** Follows all that `io` sends and gets from now on. */
export function countTraffic(io: Server): TrafficCounts {
	const counts: TrafficCounts = {
		messages: { in: 0, out: 0 },
		bytes: { in: 0, out: 0 },
		errors: {},
		recoveries: { hit: 0, miss: 0 },
	};
	const count = (direction: "in" | "out") => (packet: EnginePacket) => {
		if (packet.type !== "message") return;
		counts.messages[direction] += 1;
		counts.bytes[direction] += sizeOf(packet.data);
	};
	const [onIn, onOut] = [count("in"), count("out")];
	io.engine.on("connection", (session: PacketSource) => {
		session.on("packet", onIn);
		session.on("packetCreate", onOut);
	});
	io.engine.on("connection_error", ({ code }: { code: number }) => {
		counts.errors[code] = (counts.errors[code] ?? 0) + 1;
	});
	io.on("connection", (socket: Socket) => {
		// A client that was connected before brings its session's private id (socket.io namespace.ts).
		if (socket.recovered) counts.recoveries.hit += 1;
		else if (socket.handshake.auth["pid"] !== undefined) counts.recoveries.miss += 1;
	});
	return counts;
}

/** Bytes of a packet's data: UTF-8 of a text, length of a buffer. */
export function sizeOf(data: unknown): number {
	if (typeof data === "string") return Buffer.byteLength(data);
	return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
}
