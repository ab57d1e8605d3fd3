/** The events that every node of this cluster answers; the demo, the tests and the load runs speak them. */
import type { Server, Socket } from "socket.io";
import type { EdgeAttachment } from "../node/attach.ts";
import type { Link } from "../node/link.ts";
import { servePublish } from "./publish.ts";

/** The longest room name taken from a client, in characters. */
const ROOM_NAME_MOST = 200;

/** What `whoami` tells a client. */
export interface WhoAmI {
	readonly node: string;
	readonly transport: string;
}

/**
 * Answers `echo(payload, ack)`, `join(room, ack)`, `leave(room, ack)`, `room(room, payload, ack)`,
 * `broadcast(payload, ack)`, `whoami(ack)` and `publish` (publish.ts). A call without an ack, or with arguments of the wrong type,
 * is let go: a client's mistake is never the node's.
 */
export function serveEvents(io: Server, edge: EdgeAttachment, link: Link): void {
	io.on("connection", (socket: Socket) => {
		// Recovery needs an offset, and the first event of a session brings it (socket.io #4888).
		if (link.recovers && !socket.recovered) socket.emit("welcome", edge.node);
		servePublish(io, socket, link);
		socket.on("echo", (payload: unknown, ack: unknown) => answer(ack, payload));
		socket.on("join", async (room: unknown, ack: unknown) => {
			if (!isRoom(room)) return;
			await socket.join(room);
			answer(ack, room);
		});
		socket.on("leave", async (room: unknown, ack: unknown) => {
			if (!isRoom(room)) return;
			await socket.leave(room);
			answer(ack, room);
		});
		socket.on("room", (room: unknown, payload: unknown, ack: unknown) => {
			if (!isRoom(room)) return;
			io.to(room).emit("room", room, payload);
			answer(ack, room);
		});
		socket.on("broadcast", (payload: unknown, ack: unknown) => {
			io.emit("broadcast", payload);
			answer(ack, true);
		});
		socket.on("whoami", (ack: unknown) => {
			answer(ack, { node: edge.node, transport: edge.transportOf(socket.conn) } satisfies WhoAmI);
		});
	});
}

function isRoom(room: unknown): room is string {
	return typeof room === "string" && room.length > 0 && room.length <= ROOM_NAME_MOST;
}

/** Socket.IO gives the ack as a function when the client asked for one; anything else is the client's data. */
function answer(ack: unknown, value: unknown): void {
	if (typeof ack === "function") ack(value);
}
