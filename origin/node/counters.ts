/** Counters of a node's messages, payload bytes, rejected requests and session recoveries. */
import type { Server, Socket } from "socket.io";

/** Counts since start; updated in place. */
export interface Counters {
	readonly messages: Record<"in" | "out", number>;
	readonly bytes: Record<"in" | "out", number>;
	/** Rejected requests, by Engine.IO's error code. */
	readonly errors: Record<string, number>;
	/** Clients that reconnected with a session to recover: recovered (`hit`) or not (`miss`). */
	readonly recoveries: Record<"hit" | "miss", number>;
}

interface EnginePacket {
	readonly type: string;
	readonly data?: unknown;
}

interface PacketSource {
	on(event: "packet" | "packetCreate", listener: (packet: EnginePacket) => void): void;
}

/** Counts what `io` sends and receives from now on. */
export function countMessages(io: Server): Counters {
	const counters: Counters = {
		messages: { in: 0, out: 0 },
		bytes: { in: 0, out: 0 },
		errors: {},
		recoveries: { hit: 0, miss: 0 },
	};
	const count = (direction: "in" | "out") => (packet: EnginePacket) => {
		if (packet.type !== "message") return;
		counters.messages[direction] += 1;
		counters.bytes[direction] += byteLength(packet.data);
	};
	const [countIn, countOut] = [count("in"), count("out")];
	io.engine.on("connection", (session: PacketSource) => {
		session.on("packet", countIn);
		session.on("packetCreate", countOut);
	});
	io.engine.on("connection_error", ({ code }: { code: number }) => {
		counters.errors[code] = (counters.errors[code] ?? 0) + 1;
	});
	io.on("connection", (socket: Socket) => {
		// A client that was connected before sends the private id of its session (socket.io `namespace.ts`).
		if (socket.recovered) counters.recoveries.hit += 1;
		else if (socket.handshake.auth["pid"] !== undefined) counters.recoveries.miss += 1;
	});
	return counters;
}

/** Bytes of a packet's data: the UTF-8 length of a string, the length of a buffer. */
export function byteLength(data: unknown): number {
	if (typeof data === "string") return Buffer.byteLength(data);
	return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
}
