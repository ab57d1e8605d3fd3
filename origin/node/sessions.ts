/** The sessions of one Engine.IO server: their ids, and their counts by transport. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Server } from "socket.io";
import { SID_LENGTH, TAG_LENGTH } from "../../worker/contract.ts";

type Engine = Server["engine"];

/** A session's transport as the edge counts it. */
export type SessionTransport = "polling" | "websocket" | "flashsocket";

interface EngineTransport {
	readonly name: string;
}

/** The part of an Engine.IO session that this package uses. */
export interface EngineSession {
	readonly request: IncomingMessage;
	readonly transport: EngineTransport;
	on(event: "upgrade", listener: (transport: EngineTransport) => void): void;
	once(event: "close", listener: (reason: string) => void): void;
	close(discard?: boolean): void;
}

/** Session counts for `/healthz` and metrics; updated in place. */
export interface SessionCounts {
	/** Live sessions by their current transport. */
	readonly transports: Record<SessionTransport, number>;
	/** Sessions opened since start, by their first transport. */
	readonly handshakes: Record<SessionTransport, number>;
	/** Sessions opened since start. */
	opened: number;
	/** Sessions that moved from polling to a WebSocket. */
	upgraded: number;
	/** Sessions closed since start, by Engine.IO's reason. */
	readonly closed: Record<string, number>;
	/** The live sessions themselves. */
	readonly live: Set<EngineSession>;
}

const RANDOM_LENGTH = SID_LENGTH - TAG_LENGTH;
/** 13 bytes are 18 base64url characters, of which 17 are used: 102 random bits. */
const RANDOM_BYTES = 13;

/** A new Engine.IO session id: `tag`, then random base64url characters, 20 in all. */
export function mintSid(tag: string): string {
	return tag + randomBytes(RANDOM_BYTES).toString("base64url").slice(0, RANDOM_LENGTH);
}

/** The edge's name for an Engine.IO transport: a WebSocket that was requested as flashsocket is counted apart. */
export function transportName(engineName: string, isFlash: boolean): SessionTransport {
	if (engineName !== "websocket") return "polling";
	return isFlash ? "flashsocket" : "websocket";
}

/** Counts the sessions of `engine` from now on; `isFlash` tells whether a request asked for flashsocket. */
export function countSessions(engine: Engine, isFlash: (request: IncomingMessage) => boolean): SessionCounts {
	const counts: SessionCounts = {
		transports: { polling: 0, websocket: 0, flashsocket: 0 },
		handshakes: { polling: 0, websocket: 0, flashsocket: 0 },
		opened: 0,
		upgraded: 0,
		closed: {},
		live: new Set(),
	};
	engine.on("connection", (session: EngineSession) => {
		let current = transportName(session.transport.name, isFlash(session.request));
		counts.transports[current] += 1;
		counts.handshakes[current] += 1;
		counts.opened += 1;
		counts.live.add(session);
		session.on("upgrade", (transport: EngineTransport) => {
			counts.transports[current] -= 1;
			current = transportName(transport.name, false);
			counts.transports[current] += 1;
			counts.upgraded += 1;
		});
		session.once("close", (reason: string) => {
			counts.transports[current] -= 1;
			counts.live.delete(session);
			counts.closed[reason] = (counts.closed[reason] ?? 0) + 1;
		});
	});
	return counts;
}
