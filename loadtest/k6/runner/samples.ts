/** Aggregates k6's samples (`--out json`, one object per line) into a group of a result. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { ACK_ERRORS } from "../../record/error-kinds.ts";
import { Histogram } from "../../record/histogram.ts";
import { type Counts, METRICS, type Metric } from "../../record/result.ts";
import { Tally } from "../../record/tally.ts";
import { MEASURES } from "../script/measures.ts";
import { SecondCheck } from "./self-check.ts";

/** One sample; `time` in epoch ms with fractions, `value` as k6 gives it (times in ms). */
export interface Sample {
	readonly metric: string;
	readonly time: number;
	readonly value: number;
	readonly tags: Readonly<Record<string, string>>;
	/** The virtual user (VU), which holds one session at a time. */
	readonly vu: string;
}

/** The metrics that matter here; k6 writes many more for every request. */
const READ = /^\{"metric":"(?:sio_\w+|http_reqs|ws_sessions|data_sent|data_received|dropped_iterations)",/;

/** Parses one line; null for metrics that do not matter here. */
export function readSample(line: string): Sample | null {
	if (!READ.test(line)) return null;
	const { metric, data } = JSON.parse(line);
	const { time, value, tags = {}, metadata = {} } = data;
	return { metric, time: epochOf(time), value, tags, vu: metadata.vu ?? "" };
}

/** RFC 3339 with up to nine digits of a second, of which Date keeps three. */
function epochOf(text: string): number {
	const fraction = /\.\d+/.exec(text)?.[0] ?? "";
	return Date.parse(text.replace(fraction, "")) + Number(`0${fraction}`) * 1000;
}

/** Measures whose values are added to one count, or to two. */
const COUNTED: Readonly<Record<string, readonly (keyof Counts)[]>> = {
	[MEASURES.connected]: ["sessionsOpen"],
	[MEASURES.sessionsLost]: ["sessionsLost"],
	[MEASURES.unsent]: ["due"],
	[MEASURES.sent]: ["due", "sent"],
	[MEASURES.acked]: ["received"],
	[MEASURES.lost]: ["lost"],
	[MEASURES.timedOut]: ["lost", "timedOut"],
	[MEASURES.late]: ["late"],
	[MEASURES.doubled]: ["doubled"],
	[MEASURES.reordered]: ["reordered"],
	data_sent: ["bytesSent"],
	data_received: ["bytesReceived"],
};
const CHECKED: readonly string[] = [MEASURES.loopLag, MEASURES.sent, MEASURES.unsent, MEASURES.late];
const REQUESTS: readonly string[] = ["http_reqs", "ws_sessions"];

/** The aggregated samples of a run. */
export class Samples {
	readonly tally = new Tally();
	/** Time from the arrival of a frame to its handling, µs. */
	readonly loopLag = new Histogram();
	/** Sessions that k6 could not start because all its VUs were busy. */
	dropped = 0;
	/** The generator's own state, by second of measurement. */
	readonly checks = new Map<number, SecondCheck>();
	/** Start of measurement (NaN = never started) and latest sample, epoch ms. */
	start = Number.NaN;
	end = 0;
	readonly #duration: number;
	/** When the latest poll of each VU ended, epoch ms. */
	readonly #pollEnds = new Map<string, number>();
	/** The HTTP status of each VU's latest WebSocket handshake. */
	readonly #socketStatus = new Map<string, string>();

	/** `duration`: planned seconds of measurement. */
	constructor(duration: number) {
		this.#duration = duration;
	}

	/** Reads a whole file of samples. */
	static async of(file: string, duration: number): Promise<Samples> {
		const samples = new Samples(duration);
		for await (const line of createInterface({ input: createReadStream(file) })) {
			const sample = readSample(line);
			if (sample !== null) samples.add(sample);
		}
		return samples;
	}

	/**
	 * Seconds that were measured: fewer than planned when the run was interrupted. The last sample arrives a
	 * little before the end, so a run that reached its last second counts as complete.
	 */
	get seconds(): number {
		const ran = Math.max(0, (this.end - this.start) / 1000);
		if (Number.isNaN(ran)) return 0;
		return ran > this.#duration - 1 ? this.#duration : ran;
	}

	add(sample: Sample): void {
		if (sample.time > this.end) this.end = sample.time;
		this.#measure(sample);
		this.#count(sample);
		if (sample.time >= this.start) this.#check(sample);
	}

	#check({ metric, time, value }: Sample): void {
		if (!CHECKED.includes(metric)) return;
		// The last message may be sent just after the last second, to which it still belongs.
		const second = Math.min(this.#second(time), Math.ceil(this.#duration) - 1);
		const check = this.checks.get(second) ?? new SecondCheck();
		this.checks.set(second, check);
		if (metric === MEASURES.loopLag) check.lag.record(value * 1000);
		if (metric === MEASURES.sent) check.sent += value;
		if (metric === MEASURES.sent || metric === MEASURES.unsent) check.due += value;
		if (metric === MEASURES.late) check.late += value;
	}

	#measure(sample: Sample): void {
		const { metric, time, value, tags } = sample;
		if (metric === MEASURES.ack) this.#message("ack", sample);
		if (metric === MEASURES.ackService) this.#message("ack_service", sample);
		if (metric === MEASURES.loopLag) this.loopLag.record(value * 1000);
		const phase = metric === MEASURES.phase ? METRICS.find((name) => name === tags["phase"]) : undefined;
		if (phase !== undefined) this.tally.record(phase, this.#second(time), value * 1000);
	}

	/** A message belongs to the second in which it was due. */
	#message(metric: Metric, sample: Sample): void {
		const { time, value } = sample;
		this.tally.record(metric, this.#second(time - value), (value - this.#wait(sample)) * 1000);
	}

	/**
	 * Over polling the script times an ack when it handles it. This is how long the ack had waited since the last
	 * byte of its poll, ms. The next poll of a session starts only afterwards, so its latest poll brought the ack.
	 */
	#wait({ time, vu, tags }: Sample): number {
		const pollEnd = this.#pollEnds.get(vu);
		return pollEnd === undefined || tags["transport"] !== "polling" || tags["lost"] ? 0 : time - pollEnd;
	}

	#count({ metric, time, value, tags, vu }: Sample): void {
		const { tally } = this;
		for (const field of COUNTED[metric] ?? []) tally.counts[field] += value;
		if (metric === MEASURES.start) this.start = value;
		if (metric === MEASURES.connected) tally.counts.sessionsTried += 1;
		if (metric === MEASURES.lost) tally.fail(ACK_ERRORS.session, value);
		if (metric === MEASURES.timedOut) tally.fail(ACK_ERRORS.timeout, value);
		if (metric === MEASURES.errors) tally.fail(this.#nameOf(tags["kind"] ?? "unknown", vu), value);
		if (metric === "ws_sessions") this.#socketStatus.set(vu, tags["status"] ?? "");
		if (metric === "http_reqs" && tags["name"] === "poll") this.#pollEnds.set(vu, time);
		if (metric === "dropped_iterations") this.dropped += value;
		if (REQUESTS.includes(metric) && time >= this.start) tally.counts.requests += value;
	}

	/** The script does not know the status of a refused WebSocket handshake; the sample of the handshake has it. */
	#nameOf(kind: string, vu: string): string {
		const status = this.#socketStatus.get(vu) ?? "";
		return /^[3-5]\d\d$/.test(status) ? kind.replace("handshake_refused", `http_${status}`) : kind;
	}

	#second(time: number): number {
		const second = Math.floor((time - this.start) / 1000);
		return second > 0 ? second : 0;
	}
}
