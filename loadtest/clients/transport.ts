/** Each transport as options of socket.io-client. */
import { Fetch, type ManagerOptions, NodeWebSocket } from "socket.io-client";
import type { Transport } from "../record/result.ts";

/**
 * Engine.IO asks for `transport=<the class's name>`: all that tells a flashsocket from a WebSocket on the
 * wire today. Nodes map it to websocket.
 */
class FlashSocket extends NodeWebSocket {
	override get name(): string {
		return "flashsocket";
	}
}

type TransportOptions = Pick<ManagerOptions, "transports" | "upgrade">;

const OPTIONS: Readonly<Record<Transport, TransportOptions>> = {
	polling: { transports: ["polling"], upgrade: false },
	"polling-fetch": { transports: [Fetch], upgrade: false },
	websocket: { transports: ["websocket"], upgrade: false },
	upgrade: { transports: ["polling", "websocket"], upgrade: true },
	flashsocket: { transports: [FlashSocket], upgrade: false },
};

/** The options that make a client use this transport and no other. */
export function optionsFor(transport: Transport): TransportOptions {
	return OPTIONS[transport];
}
