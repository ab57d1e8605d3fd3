/** `publish(id, room, payload, ack)`: an event that exists once it is acknowledged, and exists once. */
import type { Server, Socket } from "socket.io";
import type { Link } from "../node/link.ts";

/** What the publisher is told; anything but `ok: true` means: send it again, with the same id. */
export type PublishAnswer =
	| { readonly ok: true; readonly repeated: boolean }
	| { readonly ok: false; readonly why: string };

const AWAY = { ok: false, why: "the store of the cluster is away" } as const;

/** Publishes to the room as `published(id, room, payload)` unless the id was published before. */
export async function publishOnce(link: Link, id: string, emit: () => void): Promise<PublishAnswer> {
	try {
		const claim = await link.repeats.claim(id);
		if (claim === "busy") return { ok: false, why: "another node is publishing this id" };
		if (claim === "done") return { ok: true, repeated: true };
		const unsaved = link.unsaved();
		emit();
		await link.settled();
		// Somebody's event did not reach the store in this time; it may have been this one.
		if (link.unsaved() > unsaved) return AWAY;
		await link.repeats.settle(id);
		return { ok: true, repeated: false };
	} catch {
		return AWAY;
	}
}

/** Serves the event on a socket. Arguments of a wrong type are let go, as in events.ts. */
export function servePublish(io: Server, socket: Socket, link: Link): void {
	socket.on("publish", async (id: unknown, room: unknown, payload: unknown, ack: unknown) => {
		if (!isName(id) || !isName(room) || typeof ack !== "function") return;
		ack(await publishOnce(link, id, () => io.to(room).emit("published", id, room, payload)));
	});
}

function isName(value: unknown): value is string {
	return typeof value === "string" && value.length > 0 && value.length <= 200;
}
