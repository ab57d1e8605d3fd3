/** One client, which is one iteration of k6: opens its session, does the scenario's work, leaves. */
import { clearTimeout, setTimeout } from "k6/timers";
import { ACK_ERRORS, type ErrorKind, openError, reasonFor, sessionError } from "../../record/error-kinds.ts";
import { Echo } from "./echo.ts";
import { meter } from "./meter.ts";
import type { Settings } from "./settings.ts";
import { SocketSession, type Steps } from "./socket-session.ts";
import { type ClientSettings, settingsOf } from "./templates.ts";

/** Ack id of the first event, whose time is the phase `first_ack`. The ids of messages follow. */
const FIRST_ACK_ID = 0;

/** A client's place in the run. */
export interface Place {
	/** Its number from 0. */
	readonly number: number;
	/** Start of measurement in milliseconds since the start of the run. */
	readonly start: number;
	/** The smallest `{seq}` of the run. */
	readonly firstSeq: number;
}

/** Created by `run`, and finished when its session has closed. */
export class Client {
	readonly #settings: ClientSettings;
	readonly #place: Place;
	readonly #session: SocketSession;
	readonly #done: () => void;
	#steps: Steps | null = null;
	#firstAck: ReturnType<typeof setTimeout> | null = null;
	#echo: Echo | null = null;
	#isOpen = false;
	#leaving = false;

	private constructor(settings: Settings, place: Place, done: () => void) {
		this.#settings = settingsOf(settings, place.number);
		this.#place = place;
		this.#done = done;
		const origin = settings.origins[place.number % settings.origins.length] as string;
		this.#session = new SocketSession(this.#settings, origin, {
			ready: (steps) => this.#ready(steps),
			ack: (id, arrival) => {
				if (id === FIRST_ACK_ID) this.#startWork(arrival.at);
				else this.#echo?.ack(id - 1, arrival);
			},
			arrival: ({ lag }) => meter.loopLag.add(lag),
			closed: (problem) => this.#closed(problem),
		});
	}

	/** Resolves when the client has left or could not connect. */
	static run(settings: Settings, place: Place): Promise<void> {
		return new Promise((done) => new Client(settings, place, done));
	}

	#ready(steps: Steps): void {
		this.#steps = steps;
		for (const [phase, value] of Object.entries(phasesOf(steps))) meter.phase.add(value, { phase });
		if (this.#settings.scenario === "connect") {
			this.#countOpen();
			this.#leave();
			return;
		}
		this.#firstAck = setTimeout(() => this.#startWork(null), this.#settings.ackTimeout * 1000);
		this.#emit(FIRST_ACK_ID);
	}

	/** Sends the client's event; ack ids count up, and with the client's number they tell all messages of the run apart. */
	#emit(id: number): void {
		const { number, firstSeq } = this.#place;
		const { clients, event, messageArgs } = this.#settings;
		this.#session.emit(id, [event, ...messageArgs(firstSeq + id * clients + number)]);
	}

	/** `ackedAt` is null if the first event was not acknowledged in time: that message is lost, and the session is not. */
	#startWork(ackedAt: number | null): void {
		if (this.#isOpen || this.#steps === null) return;
		const before = Math.max(this.#steps.connected, this.#steps.upgraded);
		if (ackedAt === null) meter.errors.add(1, { kind: ACK_ERRORS.timeout });
		else meter.phase.add(Math.max(0, ackedAt - before), { phase: "first_ack" });
		if (this.#firstAck !== null) clearTimeout(this.#firstAck);
		this.#countOpen();
		const { clients, rate, duration, ackTimeout } = this.#settings;
		this.#echo = new Echo({
			share: { client: this.#place.number, clients, rate, duration },
			start: this.#place.start,
			ackTimeout,
			emit: (id) => this.#emit(id + 1),
			finished: () => this.#leave(),
		});
	}

	/** Counts the session as open, like the swarm: once its first event, if it sends any, was acknowledged or is lost. */
	#countOpen(): void {
		this.#isOpen = true;
		meter.connected.add(true);
	}

	#leave(): void {
		this.#leaving = true;
		this.#session.close();
	}

	#closed(problem: ErrorKind | null): void {
		if (this.#firstAck !== null) clearTimeout(this.#firstAck);
		if (!this.#leaving) this.#lost(problem ?? "transport_close");
		this.#done();
	}

	#lost(kind: ErrorKind): void {
		const over = this.#settings.transport === "polling" ? "polling" : "websocket";
		meter.errors.add(1, { kind: this.#isOpen ? sessionError(reasonFor(kind, over)) : openError(kind) });
		if (this.#isOpen) meter.sessionsLost.add(1);
		else meter.connected.add(false);
		this.#echo?.cut();
	}
}

/**
 * Milliseconds of each phase that k6 reports, with the names and limits of the swarm's phases. Over a WebSocket
 * k6 does not separate the handshake from the connection.
 */
function phasesOf(steps: Steps): Record<string, number> {
	const { started, handshake, connected, upgraded, phases } = steps;
	return {
		...(phases !== null && { tcp: phases.tcp, engine_handshake: phases.exchange }),
		...(phases !== null && phases.tls > 0 && { tls: phases.tls }),
		socket_connect: connected - handshake,
		connect: connected - started,
		...(upgraded > 0 && { upgrade: upgraded - handshake }),
	};
}
