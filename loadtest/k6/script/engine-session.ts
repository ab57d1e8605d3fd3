/** One Engine.IO session on its transport: heartbeat, upgrade, messages. */
import { clearTimeout, setTimeout } from "k6/timers";
import type { ErrorKind } from "../../record/error-kinds.ts";
import { type EnginePacket, readOpenPacket } from "../codec/engine.ts";
import type { Frame } from "../codec/frame.ts";
import { socketUrl } from "./engine-url.ts";
import type { Arrival, Link, LinkEvents, LinkOptions, RequestPhases } from "./link.ts";
import { PollingLink } from "./polling-link.ts";
import type { K6Transport } from "./settings.ts";
import { WebSocketLink } from "./websocket-link.ts";

/** Events of a session, for its owner. `closed` is the last one. */
export interface EngineEvents {
	open(arrival: Arrival, phases: RequestPhases | null): void;
	message(frame: Frame, arrival: Arrival): void;
	/** The session continues over a WebSocket. */
	upgraded(): void;
	closed(problem: ErrorKind | null): void;
}

/** A session. */
export class EngineSession {
	readonly #transport: K6Transport;
	readonly #options: LinkOptions;
	readonly #events: EngineEvents;
	#link: Link;
	/** Packets sent during the switch to the WebSocket; null at other times. */
	#held: EnginePacket[] | null = null;
	#pingDeadlineMs = 0;
	#watchdog: ReturnType<typeof setTimeout> | null = null;
	#over = false;

	/** Starts to open a session. */
	constructor(transport: K6Transport, options: LinkOptions, events: EngineEvents) {
		this.#transport = transport;
		this.#options = options;
		this.#events = events;
		this.#link = this.#firstLink();
	}

	send(frames: readonly Frame[]): void {
		this.#write(frames.map((data) => ({ type: "message", data })));
	}

	#write(packets: readonly EnginePacket[]): void {
		if (this.#held) this.#held.push(...packets);
		else this.#link.send(packets);
	}

	close(): void {
		this.#link.close();
	}

	#firstLink(): Link {
		const events = this.#eventsOf();
		if (this.#transport === "polling" || this.#transport === "upgrade")
			return new PollingLink(this.#options, events);
		const url = socketUrl(this.#options.target, this.#transport, null);
		return new WebSocketLink(url, "connect", this.#options, events, () => {});
	}

	#eventsOf(): LinkEvents {
		return {
			packet: (packet, arrival, phases) => this.#take(packet, arrival, phases),
			closed: (problem) => this.#end(problem),
		};
	}

	#take(packet: EnginePacket, arrival: Arrival, phases: RequestPhases | null): void {
		if (packet.type === "open") this.#opened(packet.data, arrival, phases);
		if (packet.type === "message") this.#events.message(packet.data, arrival);
		if (packet.type === "ping") {
			this.#write([{ type: "pong", data: packet.data }]);
			this.#restartWatchdog();
		}
	}

	#opened(data: Frame, arrival: Arrival, phases: RequestPhases | null): void {
		const { sid, upgrades, pingInterval, pingTimeout } = readOpenPacket(data);
		this.#pingDeadlineMs = pingInterval + pingTimeout;
		this.#restartWatchdog();
		const link = this.#link;
		if (link instanceof PollingLink) link.sid = sid;
		if (link instanceof PollingLink && this.#transport === "upgrade") {
			if (!upgrades.includes("websocket")) {
				this.#end("no_upgrade_offered");
				return;
			}
			this.#upgrade(link, sid);
		}
		this.#events.open(arrival, phases);
	}

	/** Upgrades as the protocol says: `2probe`, `3probe`, pause polling, `5`. Polling carries packets until then. */
	#upgrade(polling: PollingLink, sid: string): void {
		const events: LinkEvents = {
			packet: (packet, arrival) => {
				if (this.#link === socket) this.#take(packet, arrival, null);
				else if (packet.type === "pong" && packet.data === "probe") this.#switch(polling, socket);
			},
			closed: (problem) =>
				this.#end(this.#link === socket || problem === null ? problem : `upgrade_${problem}`),
		};
		const url = socketUrl(this.#options.target, "websocket", sid);
		const socket: WebSocketLink = new WebSocketLink(url, "upgrade", this.#options, events, () =>
			socket.send([{ type: "ping", data: "probe" }]),
		);
	}

	#switch(polling: PollingLink, socket: Link): void {
		this.#held = [];
		polling.pause(() => {
			this.#link = socket;
			socket.send([{ type: "upgrade", data: "" }, ...(this.#held ?? [])]);
			this.#held = null;
			this.#events.upgraded();
		});
	}

	/** Without a ping in time the server, or the way to it, is gone. */
	#restartWatchdog(): void {
		this.#stopWatchdog();
		this.#watchdog = setTimeout(() => {
			this.#end("ping_timeout");
			this.#link.close();
		}, this.#pingDeadlineMs);
	}

	#stopWatchdog(): void {
		if (this.#watchdog !== null) clearTimeout(this.#watchdog);
		this.#watchdog = null;
	}

	#end(problem: ErrorKind | null): void {
		if (this.#over) return;
		this.#over = true;
		this.#stopWatchdog();
		this.#events.closed(problem);
	}
}
