/** What an attack is, and requests as the bytes of HTTP/1.1. */
import type { Attacker } from "./attacker.ts";

/** One act of an attack, repeated. */
export interface Act {
	/** How often at once, first at the start. */
	readonly count: number;
	/** Milliseconds until the next time. */
	readonly everyMs: number;
	/** `i` counts the repetitions. */
	readonly send: (attacker: Attacker, i: number) => void;
}

export interface Attack {
	/** Completes "beside …". */
	readonly name: string;
	readonly acts: readonly Act[];
	/** Fields of the pool that it needs. */
	readonly pool?: Readonly<Record<string, unknown>>;
	/** Fields of every node in the edge's configuration. */
	readonly node?: Readonly<Record<string, unknown>>;
	/**
	 * When the attack runs a second time, to compare the peaks of memory: after the first attack's connections were closed,
	 * or `beside` them.
	 */
	readonly secondRun?: "beside";
	/** Whether none of its requests may open a session at a node. */
	readonly opensNoSession?: boolean;
}

export const ENGINE_PATH = "/socket.io/";
export const POLLING = `${ENGINE_PATH}?EIO=4&transport=polling`;
export const WEBSOCKET = `${ENGINE_PATH}?EIO=4&transport=websocket`;

/** Header lines of a WebSocket handshake (RFC 6455 section 4.1). */
export const UPGRADE = [
	"Connection: Upgrade",
	"Upgrade: websocket",
	"Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** The bytes of a request's head. */
export function head(method: string, target: string, headers: readonly string[] = []): string {
	return [`${method} ${target} HTTP/1.1`, "Host: localhost", ...headers, "\r\n"].join("\r\n");
}

/** The bytes of one chunk (RFC 9112 section 7.1). */
export function chunk(body: string): string {
	return `${body.length.toString(16)}\r\n${body}\r\n`;
}

/** An act that sends each of these requests in turn, on a connection of its own. */
export function eachInTurn(
	count: number,
	everyMs: number,
	requests: readonly ((attacker: Attacker) => string)[],
): Act {
	return {
		count,
		everyMs,
		send: (attacker, i) => void attacker.send(requests[i % requests.length]!(attacker)),
	};
}
