/** One Socket.IO connection: joins its namespace, sends events, receives acks. */
import { clearTimeout, setTimeout } from "k6/timers";
import type { ErrorKind } from "../../record/error-kinds.ts";
import type { Frame } from "../codec/frame.ts";
import { encodePacket, PacketReader, type SocketPacket } from "../codec/socket.ts";
import { now } from "./clock.ts";
import { EngineSession } from "./engine-session.ts";
import type { Arrival, RequestPhases } from "./link.ts";
import type { ClientSettings } from "./templates.ts";

/** When each step of opening was completed, in milliseconds since the start of the run; `upgraded` is 0 without an upgrade. */
export interface Steps {
	readonly started: number;
	readonly handshake: number;
	readonly connected: number;
	readonly upgraded: number;
	readonly phases: RequestPhases | null;
}

/** Events of a connection, for its owner. `closed` is the last one. */
export interface SocketEvents {
	/** Connected, and upgraded if the transport is `upgrade`. */
	ready(steps: Steps): void;
	ack(id: number, arrival: Arrival): void;
	/** Every message from the server, before it is parsed. */
	arrival(arrival: Arrival): void;
	/** `problem` is the kind of error, or null when this side closed the connection. */
	closed(problem: ErrorKind | null): void;
}

type Progress = { -readonly [Step in keyof Steps]: Steps[Step] };

/** A connection. */
export class SocketSession {
	readonly #settings: ClientSettings;
	readonly #events: SocketEvents;
	readonly #engine: EngineSession;
	readonly #reader = new PacketReader();
	readonly #steps: Progress = { started: now(), handshake: 0, connected: 0, upgraded: 0, phases: null };
	readonly #timeout: ReturnType<typeof setTimeout>;
	#ready = false;
	#over = false;

	/** Starts to open; `origin` is one of the origins in the settings. */
	constructor(settings: ClientSettings, origin: string, events: SocketEvents) {
		this.#settings = settings;
		this.#events = events;
		const { socketPath, query, headers, connectTimeout } = settings;
		const options = { target: { origin, socketPath, query }, headers, connectTimeout };
		this.#timeout = setTimeout(
			() => this.#fail(this.#steps.connected > 0 ? "upgrade_timeout" : "timeout"),
			connectTimeout * 1000,
		);
		this.#engine = new EngineSession(settings.transport, options, {
			open: (arrival, phases) => this.#opened(arrival, phases),
			message: (frame, arrival) => this.#message(frame, arrival),
			upgraded: () => this.#step("upgraded", now()),
			closed: (problem) => this.#end(problem),
		});
	}

	/** Emits an event that asks for an ack with this id. */
	emit(id: number, args: readonly unknown[]): void {
		this.#send({ type: "event", namespace: this.#settings.namespace, id, data: args });
	}

	/** Leaves the namespace and closes the connection. */
	close(): void {
		this.#send({ type: "disconnect", namespace: this.#settings.namespace, id: null, data: undefined });
		this.#engine.close();
	}

	#send(packet: SocketPacket): void {
		this.#engine.send(encodePacket(packet));
	}

	#opened(arrival: Arrival, phases: RequestPhases | null): void {
		this.#steps.handshake = arrival.at;
		this.#steps.phases = phases;
		const { namespace, auth } = this.#settings;
		this.#send({ type: "connect", namespace, id: null, data: auth ?? undefined });
	}

	#message(frame: Frame, arrival: Arrival): void {
		this.#events.arrival(arrival);
		const packet = this.#reader.take(frame);
		if (packet === null || packet.namespace !== this.#settings.namespace) return;
		if (packet.type === "connect") this.#step("connected", arrival.at);
		if (packet.type === "connect_error") this.#fail("connect_refused_by_server");
		if (packet.type === "disconnect") this.#fail("io_server_disconnect");
		if (packet.type === "ack" && packet.id !== null) this.#events.ack(packet.id, arrival);
	}

	#step(step: "connected" | "upgraded", at: number): void {
		this.#steps[step] = at;
		const { connected, upgraded } = this.#steps;
		if (this.#ready || connected === 0) return;
		if (this.#settings.transport === "upgrade" && upgraded === 0) return;
		this.#ready = true;
		clearTimeout(this.#timeout);
		this.#events.ready({ ...this.#steps });
	}

	#fail(problem: ErrorKind): void {
		this.#end(problem);
		this.#engine.close();
	}

	#end(problem: ErrorKind | null): void {
		if (this.#over) return;
		this.#over = true;
		clearTimeout(this.#timeout);
		this.#events.closed(problem);
	}
}
