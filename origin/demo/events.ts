/** The events that every node of this cluster serves; the demo, the tests and the load runs use them. */
import type { Server, Socket } from "socket.io";
import type { EdgeAttachment } from "../node/attach.ts";
import type { Link } from "../node/link.ts";
import { servePublish } from "./publish.ts";

const MAX_ROOM_NAME_LENGTH = 200;

/** The answer to `whoami`. */
export interface WhoAmI {
	readonly node: string;
	readonly transport: string;
}

/**
 * Serves `echo(payload, ack)`, `join(room, ack)`, `leave(room, ack)`, `room(room, payload, ack)`,
 * `broadcast(payload, ack)`, `whoami(ack)` and `publish` (see publish.ts). Invalid arguments and missing acks
 * are ignored: a client's mistake must not end the node.
 */
export function serveEvents(io: Server, edge: EdgeAttachment, link: Link): void {
	io.on("connection", (socket: Socket) => {
		// Recovery needs an offset, which a client gets with its first event (https://github.com/socketio/socket.io/issues/4888).
		if (link.recovers && !socket.recovered) socket.emit("welcome", edge.node);
		servePublish(io, socket, link);
		socket.on("echo", (payload: unknown, ack: unknown) => acknowledge(ack, payload));
		socket.on("join", async (room: unknown, ack: unknown) => {
			if (!isRoomName(room)) return;
			await socket.join(room);
			acknowledge(ack, room);
		});
		socket.on("leave", async (room: unknown, ack: unknown) => {
			if (!isRoomName(room)) return;
			await socket.leave(room);
			acknowledge(ack, room);
		});
		socket.on("room", (room: unknown, payload: unknown, ack: unknown) => {
			if (!isRoomName(room)) return;
			io.to(room).emit("room", room, payload);
			acknowledge(ack, room);
		});
		socket.on("broadcast", (payload: unknown, ack: unknown) => {
			io.emit("broadcast", payload);
			acknowledge(ack, true);
		});
		socket.on("whoami", (ack: unknown) => {
			acknowledge(ack, { node: edge.node, transport: edge.transportOf(socket.conn) } satisfies WhoAmI);
		});
	});
}

function isRoomName(value: unknown): value is string {
	return typeof value === "string" && value.length > 0 && value.length <= MAX_ROOM_NAME_LENGTH;
}

/** Socket.IO passes a function if the client requested an ack; anything else is data of the client. */
function acknowledge(ack: unknown, value: unknown): void {
	if (typeof ack === "function") ack(value);
}
