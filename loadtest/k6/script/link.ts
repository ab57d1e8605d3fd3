/** One way of carrying Engine.IO packets: polling or a WebSocket. */
import type { EnginePacket } from "../codec/engine.ts";
import type { EngineTarget } from "./engine-url.ts";

/** When a packet came, and how long it then waited to be handled (ms, at most). */
export interface Arrival {
	/** ms of the run. */
	readonly at: number;
	readonly lag: number;
	/** Whether `at` is when it left the network, as over a WebSocket; else it is when it was handled. */
	readonly stamped: boolean;
}

/** Milliseconds of a request's own phases, where k6 tells them. */
export interface RequestPhases {
	/** 0 = the connection was there already. */
	readonly tcp: number;
	readonly tls: number;
	readonly exchange: number;
}

/** What a link tells its session. After `closed` it says no more. */
export interface LinkEvents {
	/** `phases` only with packets of the first request. */
	packet(packet: EnginePacket, arrival: Arrival, phases: RequestPhases | null): void;
	/** `problem` is a kind of error, or null when this side closed it. */
	closed(problem: string | null): void;
}

export interface Link {
	/** Sends packets, in order. On a link that has closed it does nothing. */
	send(packets: readonly EnginePacket[]): void;
	/** Tells the other side, then ends. */
	close(): void;
}

/** What every link of a session sends along. Times in seconds. */
export interface LinkOptions {
	readonly target: EngineTarget;
	readonly headers: Readonly<Record<string, string>>;
	readonly connectTimeout: number;
}
