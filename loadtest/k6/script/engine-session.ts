/** One Engine.IO session on its transport: heartbeat, upgrade, and whole messages. */
import { clearTimeout, setTimeout } from "k6/timers";
import { type EnginePacket, readOpening } from "../codec/engine.ts";
import type { Frame } from "../codec/frame.ts";
import { socketUrl } from "./engine-url.ts";
import type { Arrival, Link, LinkEvents, LinkOptions, RequestPhases } from "./link.ts";
import { PollingLink } from "./polling-link.ts";
import type { K6Transport } from "./settings.ts";
import { WebSocketLink } from "./websocket-link.ts";

/** What a session tells its owner. After `closed` it says no more. */
export interface EngineEvents {
	open(arrival: Arrival, phases: RequestPhases | null): void;
	message(frame: Frame, arrival: Arrival): void;
	/** The session goes on over a WebSocket. */
	upgraded(): void;
	closed(problem: string | null): void;
}

export class EngineSession {
	readonly #transport: K6Transport;
	readonly #options: LinkOptions;
	readonly #events: EngineEvents;
	#link: Link;
	/** What is sent between the two transports waits here. */
	#held: EnginePacket[] | null = null;
	#patience = 0;
	#watchdog: ReturnType<typeof setTimeout> | null = null;
	#over = false;

	/** Begins to open a session. */
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
			this.#watch();
		}
	}

	#opened(data: Frame, arrival: Arrival, phases: RequestPhases | null): void {
		const { sid, upgrades, pingInterval, pingTimeout } = readOpening(data);
		this.#patience = pingInterval + pingTimeout;
		this.#watch();
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

	/** The probe of the protocol: `2probe`, `3probe`, polling paused, `5`. Polling serves until then. */
	#upgrade(polling: PollingLink, sid: string): void {
		const ends: LinkEvents = {
			packet: (packet, arrival) => {
				if (this.#link === socket) this.#take(packet, arrival, null);
				else if (packet.type === "pong" && packet.data === "probe") this.#switch(polling, socket);
			},
			closed: (problem) =>
				this.#end(this.#link === socket || problem === null ? problem : `upgrade_${problem}`),
		};
		const url = socketUrl(this.#options.target, "websocket", sid);
		const socket: WebSocketLink = new WebSocketLink(url, "upgrade", this.#options, ends, () =>
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

	/** No ping in time means that the server, or the way to it, is gone. */
	#watch(): void {
		this.#unwatch();
		this.#watchdog = setTimeout(() => {
			this.#end("ping_timeout");
			this.#link.close();
		}, this.#patience);
	}

	#unwatch(): void {
		if (this.#watchdog !== null) clearTimeout(this.#watchdog);
		this.#watchdog = null;
	}

	#end(problem: string | null): void {
		if (this.#over) return;
		this.#over = true;
		this.#unwatch();
		this.#events.closed(problem);
	}
}
