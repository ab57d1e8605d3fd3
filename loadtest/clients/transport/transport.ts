/** Each transport as options of socket.io-client. */
import { Fetch, type ManagerOptions, NodeXHR } from "socket.io-client";
import type { Transport } from "../../record/result.ts";
import { LeanWebSocket } from "./lean-websocket.ts";

/**
 * Engine.IO asks for `transport=<the class's name>`: all that tells a flashsocket from a WebSocket on the
 * wire today. Nodes map it to websocket.
 */
class FlashSocket extends LeanWebSocket {
	override get name(): string {
		return "flashsocket";
	}
}

type TransportOptions = Pick<ManagerOptions, "transports" | "upgrade">;

const OPTIONS: Readonly<Record<Transport, TransportOptions>> = {
	polling: { transports: ["polling"], upgrade: false },
	"polling-fetch": { transports: [Fetch], upgrade: false },
	websocket: { transports: [LeanWebSocket], upgrade: false },
	upgrade: { transports: [NodeXHR, LeanWebSocket], upgrade: true },
	flashsocket: { transports: [FlashSocket], upgrade: false },
};

/** The options that make a client use this transport and no other. */
export function optionsFor(transport: Transport): TransportOptions {
	return OPTIONS[transport];
}
