/** Each transport as options of socket.io-client. */
import { Fetch, type ManagerOptions, NodeWebSocket, NodeXHR } from "socket.io-client";
import type { Transport } from "../../plan/load-group.ts";
import { LeanWebSocket } from "./lean-websocket.ts";

type TransportOptions = Pick<ManagerOptions, "transports" | "upgrade">;

const LEAN: Readonly<Record<Transport, TransportOptions>> = {
	polling: { transports: ["polling"], upgrade: false },
	"polling-fetch": { transports: [Fetch], upgrade: false },
	websocket: { transports: [LeanWebSocket], upgrade: false },
	upgrade: { transports: [NodeXHR, LeanWebSocket], upgrade: true },
	flashsocket: { transports: [flashSocket(LeanWebSocket)], upgrade: false },
};

/** socket.io-client's own classes, which it finds by their names. */
const PLAIN: Readonly<Record<Transport, TransportOptions>> = {
	...LEAN,
	websocket: { transports: ["websocket"], upgrade: false },
	upgrade: { transports: ["polling", "websocket"], upgrade: true },
	flashsocket: { transports: [flashSocket(NodeWebSocket)], upgrade: false },
};

/** The options that make a client use this transport and no other; `plain`: with the classes as published. */
export function optionsFor(transport: Transport, plain = false): TransportOptions {
	return (plain ? PLAIN : LEAN)[transport];
}

/**
 * Engine.IO requests `transport=<the class's name>`, the only difference between a flashsocket and a WebSocket on the
 * wire today. Nodes map it to websocket.
 */
function flashSocket(base: typeof NodeWebSocket): typeof NodeWebSocket {
	return class FlashSocket extends base {
		override get name(): string {
			return "flashsocket";
		}
	};
}
