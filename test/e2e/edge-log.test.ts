import { Agent, get } from "node:https";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_LINES_OF_CLIENT, PERIOD_MS } from "../../worker/stats/log-limit.ts";
import { skipWithoutAddresses } from "../support/addresses.ts";
import { parseExposition } from "../support/edge/exposition-parser.ts";
import { type Rig, startRig } from "../support/edge/rig.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";
import { until } from "../support/until.ts";

const MAX_LINE_BYTES = 2048;
const [FLOODER, OTHER] = ["127.0.0.1", "127.0.0.2"];

interface Line {
	readonly event?: string;
	readonly at: string;
	readonly client: string | null;
	readonly denied: string | null;
	readonly path: string;
	readonly left_out: number;
	readonly kinds: Readonly<Record<string, number>>;
}

let rig: Rig;
beforeAll(async () => {
	rig = await startRig({
		nodes: [{ id: "n1" }],
		variables: { EDGE: { log_percent: 0, log_client: "full" } },
	});
});
afterAll(() => rig[Symbol.asyncDispose]());

const lines = () => rig.log.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Line);
const summaries = () => lines().filter(({ event }) => event === "log_limit");
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Sends `count` requests from one loopback address over a few kept connections; resolves to their statuses. */
async function sendFrom(localAddress: string, path: string, count: number): Promise<number[]> {
	const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false, localAddress });
	const { port } = new URL(rig.edge.https);
	const send = () =>
		new Promise<number>((resolve, reject) => {
			get({ host: "127.0.0.1", port, path, agent }, (answer) => {
				answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
			}).on("error", reject);
		});
	try {
		return await Promise.all(Array.from({ length: count }, send));
	} finally {
		agent.destroy();
	}
}

/** A handshake with EIO=3, which policy refuses. */
const REFUSED = "/socket.io/?EIO=3&transport=polling";

async function suppressed(): Promise<number> {
	const { frontend } = (await rig.own("stats.json")) as { frontend: { counts: Record<string, number> } };
	return frontend.counts["log_suppressed"] ?? 0;
}

describe.skipIf(skipWithoutAddresses)(
	"the log of a running edge (needs the addresses of 127.0.0.0/8)",
	() => {
		test("during one client's flood of refused requests has the other client's lines, and says how many it left out", async () => {
			const startedAt = Date.now();
			const [flood, others] = await Promise.all([
				sendFrom(FLOODER, REFUSED, 500),
				sendFrom(OTHER, REFUSED, 5),
			]);
			const seconds = (Date.now() - startedAt) / PERIOD_MS;
			expect(new Set([...flood, ...others])).toEqual(new Set([400]));
			const leftOut = await suppressed();
			expect(leftOut).toBeGreaterThan(0);
			await until("the log has a summary of the last second too", async () => {
				expect(await suppressed()).toBe(leftOut);
				return sum(summaries().map(({ left_out }) => left_out)) === leftOut;
			});
			const written = (address: string) => lines().filter(({ client }) => client === address);
			expect(written(OTHER)).toHaveLength(5);
			expect(written(FLOODER).length).toBeGreaterThanOrEqual(MAX_LINES_OF_CLIENT);
			expect(written(FLOODER).length).toBeLessThanOrEqual(MAX_LINES_OF_CLIENT * Math.ceil(seconds + 1));
			expect(written(FLOODER).length + leftOut).toBe(500);
			expect(sum(summaries().map(({ kinds }) => kinds["denied_eio"] ?? 0))).toBe(leftOut);
			for (const line of written(FLOODER)) expect(line).toMatchObject({ event: "request", denied: "eio" });
		});

		test("has bounded lines for paths of 8 KB", async () => {
			const before = rig.log.length;
			await sendFrom(OTHER, `/socket.io/${"x".repeat(8000)}?EIO=3&transport=polling`, 1);
			await until("the log has the line", () => rig.log.length > before);
			expect(lines().at(-1)!.path).toMatch(/^\/socket\.io\/x{100,}…$/);
			for (const line of rig.log) expect(Buffer.byteLength(line)).toBeLessThan(MAX_LINE_BYTES);
		});

		test("comes with metrics of response times and of what was left out, which a strict parser accepts", async () => {
			const headers = { authorization: "Bearer rig-token" };
			await sendFrom(OTHER, "/socket.io/?EIO=4&transport=polling", 3);
			const { body } = await secureFetch(`${rig.edge.https}/__edge/metrics`, { headers });
			const series = parseExposition(body);
			const value = (name: string, labels: Record<string, string> = {}) =>
				series.find(
					(each) =>
						each.name === name && Object.entries(labels).every(([label, own]) => each.labels[label] === own),
				)?.value;
			for (const name of [
				"sticky_edge_backend_response_time_seconds",
				"sticky_edge_server_response_time_seconds",
			]) {
				expect(value(`${name}_count`, { proxy: "app_polling" }), name).toBe(3);
				expect(value(`${name}_bucket`, { proxy: "app_polling", le: "5" }), name).toBe(3);
			}
			expect(value("sticky_edge_log_suppressed_total")).toBe(await suppressed());
		});
	},
);
