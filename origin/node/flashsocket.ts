/**
 * The transport `flashsocket`: a WebSocket by another name. Engine.IO dropped the name in 1.2.0, so the node
 * answers it as `websocket` and remembers which sessions asked for it.
 */
const FLASHSOCKET = /([?&]transport=)flashsocket(?=&|$)/g;

/** The URL with `transport=flashsocket` said as `transport=websocket`, or undefined when it does not say so. */
export function asWebSocket(url: string): string | undefined {
	const mapped = url.replace(FLASHSOCKET, "$1websocket");
	return mapped === url ? undefined : mapped;
}

/** The name the edge counts a session under: a WebSocket that was asked for as flashsocket keeps that name. */
export function transportName(engineName: string, flash: boolean): string {
	return flash && engineName === "websocket" ? "flashsocket" : engineName;
}
