/** `publish(id, room, payload, ack)`: an event that, once acknowledged, has been sent exactly once. */
import type { Server, Socket } from "socket.io";
import type { Link } from "../node/link.ts";

/** Longest event id and room name. */
const MAX_NAME_LENGTH = 200;

/** The ack. Unless `ok` is true, the publisher sends the event again with the same id. */
export type PublishAnswer =
	| { readonly ok: true; readonly repeated: boolean }
	| { readonly ok: false; readonly why: string };

const UNAVAILABLE = { ok: false, why: "the cluster's store is unavailable" } as const;

/** Calls `emit` unless the event with this id was published before. */
export async function publishOnce(link: Link, id: string, emit: () => void): Promise<PublishAnswer> {
	try {
		const claim = await link.publishedIds.claim(id);
		if (claim === "busy") return { ok: false, why: "another node is publishing this id" };
		if (claim === "done") return { ok: true, repeated: true };
		const unsavedBefore = link.unsaved();
		emit();
		await link.flush();
		// Some event did not reach the store meanwhile; it may have been this one.
		if (link.unsaved() > unsavedBefore) return UNAVAILABLE;
		await link.publishedIds.markPublished(id);
		return { ok: true, repeated: false };
	} catch {
		return UNAVAILABLE;
	}
}

/** Serves `publish` on a socket: sends `published(id, room, payload)` to the room. Ignores invalid arguments. */
export function servePublish(io: Server, socket: Socket, link: Link): void {
	socket.on("publish", async (id: unknown, room: unknown, payload: unknown, ack: unknown) => {
		if (!isName(id) || !isName(room) || typeof ack !== "function") return;
		ack(await publishOnce(link, id, () => io.to(room).emit("published", id, room, payload)));
	});
}

function isName(value: unknown): value is string {
	return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_LENGTH;
}
