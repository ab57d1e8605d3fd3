/** Live sessions of one Engine.IO server, by the transport each uses now. */
import type { IncomingMessage } from "node:http";
import type { Server } from "socket.io";

type Engine = Server["engine"];
/** A transport as the edge counts it. */
export type CountedTransport = "polling" | "websocket" | "flashsocket";

interface EngineTransport {
	readonly name: string;
}

/** What of an Engine.IO session this module uses. */
export interface EngineSession {
	readonly request: IncomingMessage;
	readonly transport: EngineTransport;
	on(event: "upgrade", listener: (transport: EngineTransport) => void): void;
	once(event: "close", listener: (reason: string) => void): void;
	close(discard?: boolean): void;
}

/** The counts of `/healthz`; plain numbers that change while sessions come and go. */
export interface SessionCounts {
	readonly transports: Record<CountedTransport, number>;
	/** Sessions opened since start, by their first transport. */
	readonly handshakes: Record<CountedTransport, number>;
	/** All of them. */
	opened: number;
	/** Sessions that moved from polling to a WebSocket. */
	upgraded: number;
	/** Sessions closed since start, by Engine.IO's reason. */
	readonly closed: Record<string, number>;
	/** The live sessions themselves. */
	readonly live: Set<EngineSession>;
}

/** Follows the sessions of `engine`; `isFlash` tells whether a request asked for flashsocket. */
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
		let now = counted(session.transport.name, isFlash(session.request));
		counts.transports[now] += 1;
		counts.handshakes[now] += 1;
		counts.opened += 1;
		counts.live.add(session);
		session.on("upgrade", (transport: EngineTransport) => {
			counts.transports[now] -= 1;
			now = counted(transport.name, false);
			counts.transports[now] += 1;
			counts.upgraded += 1;
		});
		session.once("close", (reason: string) => {
			counts.transports[now] -= 1;
			counts.live.delete(session);
			counts.closed[reason] = (counts.closed[reason] ?? 0) + 1;
		});
	});
	return counts;
}

function counted(transport: string, flash: boolean): CountedTransport {
	if (transport !== "websocket") return "polling";
	return flash ? "flashsocket" : "websocket";
}
