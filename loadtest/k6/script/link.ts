/** The interface of a link, which carries Engine.IO packets: over polling or a WebSocket. */
import type { ErrorKind } from "../../record/error-kinds.ts";
import type { EnginePacket } from "../codec/engine.ts";
import type { EngineTarget } from "./engine-url.ts";

/** When a packet arrived, and how long it waited to be handled at most (ms). */
export interface Arrival {
	/** Milliseconds since the start of the run. */
	readonly at: number;
	readonly lag: number;
	/** Whether `at` is the arrival from the network (WebSocket) or only the time of handling (polling). */
	readonly stamped: boolean;
}

/** Phases of a request in milliseconds, where k6 reports them. */
export interface RequestPhases {
	/** 0 = an open connection was reused. */
	readonly tcp: number;
	readonly tls: number;
	readonly exchange: number;
}

/** Events of a link, for its session. `closed` is the last one. */
export interface LinkEvents {
	/** `phases` is given only with packets of the first request. */
	packet(packet: EnginePacket, arrival: Arrival, phases: RequestPhases | null): void;
	/** `problem` is the kind of error, or null when this side closed the link. */
	closed(problem: ErrorKind | null): void;
}

export interface Link {
	/** Sends packets in order; does nothing on a closed link. */
	send(packets: readonly EnginePacket[]): void;
	/** Notifies the other side, then closes. */
	close(): void;
}

/** Options of every link of a session. Times in seconds. */
export interface LinkOptions {
	readonly target: EngineTarget;
	readonly headers: Readonly<Record<string, string>>;
	readonly connectTimeout: number;
}
