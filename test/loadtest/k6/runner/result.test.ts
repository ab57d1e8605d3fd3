import { describe, expect, it } from "vitest";
import { k6Doubts } from "../../../../loadtest/k6/runner/doubts.ts";
import { resultOf } from "../../../../loadtest/k6/runner/result.ts";
import { Samples } from "../../../../loadtest/k6/runner/samples.ts";
import { SecondCheck } from "../../../../loadtest/k6/runner/self-check.ts";
import { settingsFrom } from "../../../../loadtest/k6/script/settings.ts";
import { planFrom } from "../../../../loadtest/plan/plan.ts";
import { recordOf } from "../../../../loadtest/plan/stored-plan.ts";
import { resultShape } from "../../../../loadtest/record/result.ts";
import { validated } from "../../../support/validated.ts";

const settings = settingsFrom("websocket", {
	SIO_URL: "https://localhost:1",
	SIO_AUTH: '{"token":"hunter2"}',
	SIO_QUERY: "key=hunter2",
	SIO_HEADERS: '{"authorization":"hunter2"}',
});

function samplesWith(change: (samples: Samples) => void): Samples {
	const samples = new Samples(10);
	change(samples);
	return samples;
}

describe("the doubts about a k6 run", () => {
	const run = { tool: "k6", plan: recordOf(planFrom({ url: "http://localhost" })) };

	it("are none for a run that finished, whatever its thresholds said", () => {
		expect(
			k6Doubts(
				samplesWith(() => {}),
				settings,
				0,
				run,
			),
		).toEqual([]);
		expect(
			k6Doubts(
				samplesWith(() => {}),
				settings,
				99,
				run,
			),
		).toEqual([]);
	});

	it("warn of sessions that k6 dropped, but not of one beyond those planned", () => {
		const tried = (sessionsTried: number) =>
			samplesWith((samples) => {
				samples.dropped = 3;
				samples.tally.counts.sessionsTried = sessionsTried;
			});
		const flags = k6Doubts(tried(settings.clients - 2), settings, 0, run);
		expect(flags).toMatchObject([{ code: "iterations_dropped", severity: "warning" }]);
		expect(flags[0]?.message).toMatch(/no free VU for 2 sessions/);
		expect(k6Doubts(tried(settings.clients), settings, 0, run)).toEqual([]);
	});

	it("invalidate a run that k6 did not finish", () => {
		const [flag] = k6Doubts(
			samplesWith(() => {}),
			settings,
			107,
			run,
		);
		expect(flag).toMatchObject({ code: "k6_failed", severity: "invalid" });
	});
});

describe("the result of a k6 run", () => {
	const options = { settings, path: { name: "edge", urls: ["https://localhost:1/"] } };
	const rest = {
		end: { code: 0, crossed: [], cpu: [] },
		startedAt: new Date(0).toISOString(),
		k6Version: "2.2.0",
		interrupted: false,
	};

	it("has the schema of the swarm's results", () => {
		const result = resultOf({ options, samples: new Samples(10), ...rest });
		expect(validated(resultShape, JSON.parse(JSON.stringify(result)))).toEqual(result);
		expect(result.environment).toMatchObject({ tool: "k6", loopback: true, versions: { k6: "2.2.0" } });
	});

	it("is invalid when the script could not keep up in half of the seconds", () => {
		const busy = samplesWith((samples) => {
			samples.start = 0;
			samples.end = 10_000;
			for (let second = 0; second < 10; second++) {
				const check = new SecondCheck();
				samples.tally.record("ack", second, 30_000);
				check.lag.record(second < 5 ? 25_000 : 100);
				samples.checks.set(second, check);
			}
		});
		const { generator, validity } = resultOf({ options, samples: busy, ...rest });
		expect(generator.map(({ tainted }) => tainted)).toEqual([
			...Array(5).fill(true),
			...Array(5).fill(false),
		]);
		expect(validity.flags).toMatchObject([{ code: "generator_busy", severity: "invalid" }]);
		expect(validity.valid).toBe(false);
	});

	it("has the thresholds of the user's own that were crossed, and not those of the scripts", () => {
		const own = settingsFrom("websocket", { SIO_URL: "https://localhost:1", SIO_ACK_P95_MS: "5" });
		const crossed = ["sio_ack{transport:websocket}", "sio_acked{transport:websocket}"];
		const end = { code: 99, crossed, cpu: [] };
		const of = (one: typeof settings) =>
			resultOf({ ...rest, options: { ...options, settings: one }, samples: new Samples(10), end });
		expect(of(own).crossedThresholds).toEqual(["sio_ack p(95)<5"]);
		expect(of(settings)).not.toHaveProperty("crossedThresholds");
		expect(of(own).plan.extra["k6ExitCode"]).toBe(99);
	});

	it("holds no secret", () => {
		expect(JSON.stringify(resultOf({ options, samples: new Samples(10), ...rest }))).not.toContain("hunter2");
	});
});
