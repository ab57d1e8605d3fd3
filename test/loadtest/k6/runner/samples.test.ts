import { describe, expect, it } from "vitest";
import { readSample, Samples } from "../../../../loadtest/k6/runner/samples.ts";

const START = Date.parse("2026-11-23T09:00:00Z");

/** A line as k6 writes it, `after` ms into the measurement, from the only VU. */
function line(metric: string, value: number, after: number, tags: Record<string, string> = {}): string {
	const time = new Date(START + after).toISOString().replace("Z", "250Z");
	return JSON.stringify({ metric, type: "Point", data: { time, value, tags, metadata: { vu: "1" } } });
}

function added(...lines: string[]): Samples {
	const samples = new Samples(10);
	for (const text of [line("sio_start", START, -500), ...lines]) {
		const sample = readSample(text);
		if (sample !== null) samples.add(sample);
	}
	return samples;
}

describe("k6's samples", () => {
	it("are read where they matter for a result, and skipped otherwise", () => {
		expect(readSample(line("sio_ack", 1.5, 2))).toMatchObject({ metric: "sio_ack", value: 1.5 });
		expect(readSample(line("http_req_duration", 1, 1))).toBeNull();
		expect(readSample('{"type":"Metric","data":{"name":"sio_ack"},"metric":"sio_ack"}')).toBeNull();
	});

	it("become histograms in whole microseconds, each message in the second when it was due", () => {
		const { tally } = added(line("sio_ack", 1500.25, 2400), line("sio_ack", 0.25, 2400));
		const { metrics } = tally.toGroup({ transport: "websocket", path: "edge", seconds: 10 });
		expect(metrics.ack?.histogram).toMatchObject({ count: 2, min: 250, max: 1_500_250 });
		const windows = metrics.ack?.windows.map(({ second, histogram }) => [second, histogram.count]);
		expect(windows).toEqual([
			[0, 1],
			[2, 1],
		]);
	});

	it("have nanosecond timestamps, in any time zone", () => {
		const data = { time: "2026-11-23T10:00:00.000250125+01:00", value: 1 };
		const sample = readSample(JSON.stringify({ metric: "sio_ack", type: "Point", data }));
		expect(sample?.time).toBeCloseTo(START + 0.250125, 3);
	});

	it("do not include the wait between the last byte of a poll and the script, except for lost messages", () => {
		const polling = { transport: "polling" };
		const poll = line("http_reqs", 1, 1000, { name: "poll", ...polling });
		const { metrics } = added(
			poll,
			line("sio_ack_service", 30, 1002, polling),
			line("sio_ack_service", 400, 1450, { ...polling, lost: "1" }),
			line("sio_ack", 20, 1002, { transport: "upgrade" }),
		).tally.toGroup({ transport: "polling", path: "edge", seconds: 10 });
		expect(metrics.ack_service?.histogram).toMatchObject({ min: 28_000, max: 400_000 });
		expect(metrics.ack?.histogram.min).toBe(20_000);
	});

	it("become phases by their tag", () => {
		const { tally } = added(
			line("sio_phase", 2, -300, { phase: "tls" }),
			line("sio_phase", 1, 0, { phase: "?" }),
		);
		const { metrics } = tally.toGroup({ transport: "polling", path: "edge", seconds: 10 });
		expect(Object.keys(metrics)).toEqual(["tls"]);
		expect(metrics.tls?.histogram.sum).toBe(2000);
	});

	it("become counts: due messages are those sent and those not sent", () => {
		const { tally } = added(
			line("sio_connected", 1, -400),
			line("sio_connected", 0, -400),
			line("sio_sent", 1, 10),
			line("sio_sent", 1, 20),
			line("sio_sent", 1, 30),
			line("sio_unsent", 4, 40),
			line("sio_acked", 1, 50),
			line("sio_acked", 0, 60),
			line("sio_lost", 1, 70),
			line("sio_timed_out", 1, 80),
			line("sio_sessions_lost", 1, 90),
			line("data_sent", 300, 100),
		);
		expect(tally.counts).toMatchObject({
			...{ sessionsTried: 2, sessionsOpen: 1, sessionsLost: 1, due: 7, sent: 3, received: 1 },
			...{ lost: 2, timedOut: 1, bytesSent: 300 },
		});
		expect(tally.errors).toEqual({ ack_lost_with_session: 1, ack_timeout: 1 });
	});

	it("count only requests during the measurement", () => {
		const { tally } = added(
			line("http_reqs", 1, -100),
			line("http_reqs", 1, 100),
			line("ws_sessions", 1, 200),
		);
		expect(tally.counts.requests).toBe(2);
	});

	it("give the measured time when the run was interrupted, and 0 when it never started", () => {
		expect(added(line("sio_sent", 1, 2500)).seconds).toBeCloseTo(2.5, 2);
		expect(added(line("sio_sent", 1, 9_950)).seconds).toBe(10);
		expect(added(line("sio_sent", 1, 60_000)).seconds).toBe(10);
		expect(new Samples(10).seconds).toBe(0);
	});
});
