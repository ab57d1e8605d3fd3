/** Engine.IO over `http.asyncRequest`: a GET always waits at the server, POSTs go one after the other beside it. */
import { b64decode, b64encode } from "k6/encoding";
import http, { type RefinedResponse } from "k6/http";
import { decodePayload, type EnginePacket, encodePayload } from "../codec/engine.ts";
import { type Base64, ProtocolError } from "../codec/frame.ts";
import { now } from "./clock.ts";
import { pollingUrl } from "./engine-url.ts";
import { kindOfResponse } from "./failure-kind.ts";
import type { Arrival, Link, LinkEvents, LinkOptions, RequestPhases } from "./link.ts";

type Response = RefinedResponse<"text">;

const BASE64: Base64 = {
	encode: (bytes) => b64encode(bytes, "std"),
	decode: (text) => b64decode(text, "std"),
};

/** Above any server's pingInterval + pingTimeout that is in use; k6's own limit of 60 s is not. */
const POLL_LIMIT = "300s";

/** A refusal or a lost connection is counted as an error of the session, not reported for each request. */
const ANY_STATUS = http.expectedStatuses({ min: 200, max: 599 });

export class PollingLink implements Link {
	readonly #options: LinkOptions;
	readonly #events: LinkEvents;
	#sid: string | null = null;
	#queue: EnginePacket[] = [];
	#posting = false;
	#polling = false;
	#state: "open" | "pausing" | "closing" | "closed" = "open";
	#paused: (() => void) | null = null;

	/** Sends the handshake. */
	constructor(options: LinkOptions, events: LinkEvents) {
		this.#options = options;
		this.#events = events;
		this.#poll("handshake");
	}

	/** The session's id, once its open packet came. */
	set sid(sid: string) {
		this.#sid = sid;
	}

	send(packets: readonly EnginePacket[]): void {
		if (this.#ended()) return;
		this.#queue.push(...packets);
		if (!this.#posting && this.#sid !== null) this.#post();
	}

	/** Ends polling for an upgrade; `paused` when no request is on its way any more. */
	pause(paused: () => void): void {
		this.#state = "pausing";
		this.#paused = paused;
		this.#settle();
	}

	close(): void {
		if (this.#ended()) return;
		this.#state = "closing";
		if (this.#sid === null) return;
		this.send([{ type: "close", data: "" }]);
	}

	#poll(name: "handshake" | "poll"): void {
		this.#polling = true;
		const begun = now();
		const timeout = name === "poll" ? POLL_LIMIT : `${this.#options.connectTimeout}s`;
		http
			.asyncRequest("GET", pollingUrl(this.#options.target, this.#sid), null, {
				headers: { ...this.#options.headers },
				tags: { name },
				timeout,
				responseType: "text",
				responseCallback: ANY_STATUS,
			})
			.then((response) => this.#polled(response, begun));
	}

	#polled(response: Response, begun: number): void {
		this.#polling = false;
		if (this.#ended()) return;
		if (response.status !== 200) this.#fail(response);
		else this.#read(response, begun);
		if (this.#state === "open" && this.#sid !== null) this.#poll("poll");
		this.#settle();
	}

	#read(response: Response, begun: number): void {
		const phases = this.#sid === null ? phasesOf(response) : null;
		try {
			for (const packet of decodePayload(response.body, BASE64))
				this.#take(packet, arrivalOf(response, begun), phases);
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			this.#end("protocol");
		}
	}

	#take(packet: EnginePacket, arrival: Arrival, phases: RequestPhases | null): void {
		if (this.#ended()) return;
		if (packet.type === "close") this.#end(this.#state === "closing" ? null : "closed_by_server");
		else this.#events.packet(packet, arrival, phases);
	}

	#post(): void {
		this.#posting = true;
		const body = encodePayload(this.#queue, BASE64);
		this.#queue = [];
		http
			.asyncRequest("POST", pollingUrl(this.#options.target, this.#sid), body, {
				headers: { ...this.#options.headers, "content-type": "text/plain;charset=UTF-8" },
				tags: { name: "post" },
				responseType: "text",
				responseCallback: ANY_STATUS,
			})
			.then((response) => this.#posted(response));
	}

	#posted(response: Response): void {
		this.#posting = false;
		if (this.#ended()) return;
		if (response.status !== 200) this.#fail(response);
		else if (this.#queue.length > 0) this.#post();
		this.#settle();
	}

	/** Goes on to what waits for the requests on their way. */
	#settle(): void {
		if (this.#posting || this.#polling) return;
		if (this.#state === "closing") this.#end(null);
		if (this.#state !== "pausing") return;
		this.#state = "closed";
		this.#paused?.();
	}

	#fail(response: Response): void {
		const kind = kindOfResponse(response.error_code, response.status, response.body ?? "");
		this.#end(this.#state === "closing" ? null : kind);
	}

	#end(problem: string | null): void {
		if (this.#ended()) return;
		this.#state = "closed";
		this.#events.closed(problem);
	}

	#ended(): boolean {
		return this.#state === "closed";
	}
}

/**
 * The moment of handling: k6 does not tell a script when the last byte came, only how long its request took
 * once begun, which a busy machine does late (up to 10 ms measured). So that is the lag at most, and the runner,
 * which has k6's stamp of the request's end, takes the true wait off.
 */
function arrivalOf({ timings }: Response, begun: number): Arrival {
	const at = now();
	return { at, lag: Math.max(0, at - begun - timings.blocked - timings.duration), stamped: false };
}

function phasesOf({ timings }: Response): RequestPhases {
	return { tcp: timings.connecting, tls: timings.tls_handshaking, exchange: timings.duration };
}
