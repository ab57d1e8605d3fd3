/** Engine.IO over `http.asyncRequest`: one GET is always pending at the server, and POSTs are sent one at a time beside it. */
import { b64decode, b64encode } from "k6/encoding";
import http, { type RefinedResponse } from "k6/http";
import type { ErrorKind } from "../../record/error-kinds.ts";
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

/** Longer than any pingInterval + pingTimeout in use, unlike k6's default of 60 s. */
const POLL_TIMEOUT = "300s";

/** Failures are counted as errors of the session, so k6 need not report them per request. */
const ANY_STATUS = http.expectedStatuses({ min: 200, max: 599 });

/** A link over HTTP long-polling. */
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

	/** The session id, set once the open packet has arrived. */
	set sid(sid: string) {
		this.#sid = sid;
	}

	send(packets: readonly EnginePacket[]): void {
		if (this.#isClosed()) return;
		this.#queue.push(...packets);
		if (!this.#posting && this.#sid !== null) this.#post();
	}

	/** Stops polling for an upgrade; calls `paused` when no request is pending any more. */
	pause(paused: () => void): void {
		this.#state = "pausing";
		this.#paused = paused;
		this.#finishIfIdle();
	}

	close(): void {
		if (this.#isClosed()) return;
		this.#state = "closing";
		if (this.#sid === null) return;
		this.send([{ type: "close", data: "" }]);
	}

	#poll(name: "handshake" | "poll"): void {
		this.#polling = true;
		const startedAt = now();
		const timeout = name === "poll" ? POLL_TIMEOUT : `${this.#options.connectTimeout}s`;
		http
			.asyncRequest("GET", pollingUrl(this.#options.target, this.#sid), null, {
				headers: { ...this.#options.headers },
				tags: { name },
				timeout,
				responseType: "text",
				responseCallback: ANY_STATUS,
			})
			.then((response) => this.#polled(response, startedAt));
	}

	#polled(response: Response, startedAt: number): void {
		this.#polling = false;
		if (this.#isClosed()) return;
		if (response.status !== 200) this.#fail(response);
		else this.#read(response, startedAt);
		if (this.#state === "open" && this.#sid !== null) this.#poll("poll");
		this.#finishIfIdle();
	}

	#read(response: Response, startedAt: number): void {
		const phases = this.#sid === null ? phasesOf(response) : null;
		try {
			for (const packet of decodePayload(response.body, BASE64))
				this.#take(packet, arrivalOf(response, startedAt), phases);
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			this.#end("parse_error");
		}
	}

	#take(packet: EnginePacket, arrival: Arrival, phases: RequestPhases | null): void {
		if (this.#isClosed()) return;
		if (packet.type === "close") this.#end(this.#state === "closing" ? null : "transport_close");
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
		if (this.#isClosed()) return;
		if (response.status !== 200) this.#fail(response);
		else if (this.#queue.length > 0) this.#post();
		this.#finishIfIdle();
	}

	/** Completes closing or pausing once no request is pending. */
	#finishIfIdle(): void {
		if (this.#posting || this.#polling) return;
		if (this.#state === "closing") this.#end(null);
		if (this.#state !== "pausing") return;
		this.#state = "closed";
		this.#paused?.();
	}

	#fail(response: Response): void {
		const kind = kindOfResponse({
			errorCode: response.error_code,
			error: response.error,
			status: response.status,
			body: response.body ?? "",
		});
		this.#end(this.#state === "closing" ? null : kind);
	}

	#end(problem: ErrorKind | null): void {
		if (this.#isClosed()) return;
		this.#state = "closed";
		this.#events.closed(problem);
	}

	#isClosed(): boolean {
		return this.#state === "closed";
	}
}

/**
 * The time of handling. k6 does not tell a script when the last byte arrived, only how long the request took once
 * it had started, which may be late on a busy machine (up to 10 ms measured). So the lag is an upper bound; the
 * runner, which has k6's timestamp of the end of the request, subtracts the true wait.
 */
function arrivalOf({ timings }: Response, startedAt: number): Arrival {
	const at = now();
	return { at, lag: Math.max(0, at - startedAt - timings.blocked - timings.duration), stamped: false };
}

function phasesOf({ timings }: Response): RequestPhases {
	return { tcp: timings.connecting, tls: timings.tls_handshaking, exchange: timings.duration };
}
