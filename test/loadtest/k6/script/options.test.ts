import { describe, expect, it } from "vitest";
import { optionsFor } from "../../../../loadtest/k6/script/options.ts";
import { K6_TRANSPORTS, settingsFrom } from "../../../../loadtest/k6/script/settings.ts";

const readPem = (file: string) => `pem of ${file}`;

function optionsWith(env: Record<string, string>, transport: (typeof K6_TRANSPORTS)[number] = "websocket") {
	return optionsFor(settingsFrom(transport, { SIO_URL: "https://localhost:1", ...env }), readPem);
}

describe("the options of a script", () => {
	it.each([1, 2, 7, 50, 999])("plan %i arrivals and one spare VU", (clients) => {
		const { echo } = optionsWith({ SIO_CLIENTS: String(clients) }).scenarios as Record<string, Arrivals>;
		expect(echo).toMatchObject({ executor: "constant-arrival-rate", rate: clients });
		expect(echo!.timeUnit).toBe(echo!.duration);
		// k6 may start one session too many at the very end, which needs a VU of its own to leave again.
		expect(echo).toMatchObject({ preAllocatedVUs: clients + 1, maxVUs: clients + 1 });
	});

	it("never ask k6 for an executor shorter than one second", () => {
		const { echo } = optionsWith({ SIO_CLIENTS: "1" }).scenarios as Record<string, Arrivals>;
		expect(Number.parseInt(echo!.duration, 10)).toBeGreaterThanOrEqual(1000);
	});

	it("turn a fractional rate into whole arrivals", () => {
		const env = { SIO_SCENARIO: "connect", SIO_RATE: "2.5", SIO_DURATION: "8" };
		const { connect } = optionsWith(env).scenarios as Record<string, Arrivals>;
		expect(connect).toMatchObject({ rate: 2500, timeUnit: "1000s", duration: "8000ms" });
	});

	it.each(K6_TRANSPORTS)("set thresholds for %s by its tag", (transport) => {
		const { thresholds, tags } = optionsWith({ SIO_ACK_P95_MS: "123" }, transport);
		expect(tags).toEqual({ transport });
		expect(thresholds?.[`sio_ack{transport:${transport}}`]).toEqual(["p(95)<123"]);
		expect(Object.keys(thresholds ?? {}).every((name) => name.endsWith(`{transport:${transport}}`))).toBe(
			true,
		);
	});

	it("set no threshold on messages where none are sent", () => {
		const { thresholds } = optionsWith({ SIO_SCENARIO: "connect" });
		expect(Object.keys(thresholds ?? {}).join()).not.toMatch(/sio_ack/);
	});

	it("limit the loss as the swarm does, and set no other limit that the user has not asked for", () => {
		const named = (env: Record<string, string>) => optionsWith(env).thresholds;
		const opened = { threshold: "rate>0", abortOnFail: true, delayAbortEval: "2s" };
		const [connected, acked] = [
			"sio_connected{transport:websocket}",
			"sio_acked{transport:websocket}",
		] as const;
		expect(named({})).toEqual({ [connected]: [opened], [acked]: ["rate>=0.99"] });
		expect(named({ SIO_MAX_LOSS: "42 %" })?.[acked]).toEqual(["rate>=0.58"]);
		expect(named({ SIO_MAX_LOSS: "42 %", SIO_ACKED_SHARE: "0.5" })?.[acked]).toEqual(["rate>=0.5"]);
		expect(named({ SIO_CONNECTED_SHARE: "0.9" })?.[connected]).toEqual([opened, "rate>=0.9"]);
		expect(named({ SIO_LOOP_LAG_P95_MS: "20" })).toHaveProperty(["sio_loop_lag{transport:websocket}", 0]);
	});

	it("keep URLs out of the samples", () => {
		expect(optionsWith({}).systemTags).not.toContain("url");
	});

	it("include TLS settings and a client certificate", () => {
		const env = { SIO_INSECURE: "1", SIO_TLS_MIN: "tls1.3", SIO_CERT: "c", SIO_KEY: "k" };
		expect(optionsWith(env)).toMatchObject({
			insecureSkipTLSVerify: true,
			tlsVersion: { min: "tls1.3", max: "tls1.3" },
			tlsAuth: [{ cert: "pem of c", key: "pem of k" }],
		});
	});
});

interface Arrivals {
	readonly rate: number;
	readonly timeUnit: string;
	readonly duration: string;
}
