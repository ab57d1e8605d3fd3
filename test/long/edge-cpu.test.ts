import { createServer, type Server } from "node:http";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { median } from "../../loadtest/record/median.ts";
import { tagOf } from "../../worker/contract.ts";
import { edgeDefaults, type RunningEdge, startEdge } from "../../worker/selfhost/edge.ts";
import { startBareForward } from "../support/edge/bare-forward.ts";
import { costOf } from "../support/edge/cpu.ts";
import { connectPolling, type Proxy as ProxyUnderTest } from "../support/edge/polling-echo.ts";
import { startNodeProcess } from "../support/edge/rig.ts";

/** CPU of an Engine.IO request with every feature on, as a multiple of a bare workerd forward. */
const TARGET = 1.2;
/** Pairs of processes. A single process may have a lucky memory layout for its whole life. */
const PAIRS = 6;
const CLIENTS = 50;
/** Messages per second through each process, for a time. */
interface EchoLoad {
	readonly rate: number;
	readonly seconds: number;
}
const LOADS: readonly EchoLoad[] = [
	{ rate: 100, seconds: 3 },
	{ rate: 250, seconds: 2 },
];
const ECHO_WARM_UP: EchoLoad = { rate: 400, seconds: 10 };
const ECHO_ROUNDS = 12;

/** An edge with every feature on: token, secret, log, handshake rate, probes, statistics. */
async function startFullEdge(nodes: readonly string[], url: string): Promise<RunningEdge> {
	return startEdge({
		...(await edgeDefaults()),
		token: "a-token-for-the-test",
		nodeSecret: "a-secret-for-the-test",
		variables: {
			EDGE: { log_percent: 1 },
			POOL_APP: { handshake_rate: 1000, nodes: nodes.map((id) => ({ id, url })) },
		},
	});
}

/** Puts one process under load. Resolves with its CPU per message or request, in µs. */
type Measure<Load> = (load: Load) => Promise<number>;

/** A bare forward and an edge in front of the same node. */
interface Pair<Load> {
	readonly bare: Measure<Load>;
	readonly edge: Measure<Load>;
}

/** Loads both of a pair at the same time. */
function costsOf<Load>({ bare, edge }: Pair<Load>, load: Load): Promise<[bare: number, edge: number]> {
	return Promise.all([bare(load), edge(load)]);
}

/**
 * The edge's cost as a multiple of the bare forward's: the median over `rounds` of every pair. Both of a pair are under
 * the same load at the same time, so that whatever else the machine does slows both alike.
 */
async function ratioOf<Load>(
	what: string,
	pairs: readonly Pair<Load>[],
	rounds: number,
	load: Load,
): Promise<number> {
	const ratios: number[] = [];
	const costs = { bare: [] as number[], edge: [] as number[] };
	for (let round = 0; round < rounds; round++)
		for (const pair of pairs) {
			const [bare, edge] = await costsOf(pair, load);
			costs.bare.push(bare);
			costs.edge.push(edge);
			ratios.push(edge / bare);
		}
	const ratio = median(ratios);
	const text = `bare ${median(costs.bare).toFixed(0)} µs, edge ${median(costs.edge).toFixed(0)} µs`;
	process.stderr.write(`${what}: ${text}, ratio ${ratio.toFixed(3)}\n`);
	return ratio;
}

test("with every feature on, a polling echo of real clients costs at most 1.2 times a bare workerd forward", {
	timeout: 900_000,
}, async () => {
	const node = await startNodeProcess("n1");
	await using parts = new AsyncDisposableStack();
	parts.defer(() => node.signal("SIGKILL"));
	const pairs: Pair<EchoLoad>[] = [];
	for (let i = 0; i < PAIRS; i++) {
		const bare = parts.use(await connectPolling(parts.use(await startBareForward(node.url)), CLIENTS));
		const edge = parts.use(await connectPolling(parts.use(await startFullEdge(["n1"], node.url)), CLIENTS));
		pairs.push({
			bare: ({ rate, seconds }) => bare.costOfEcho(rate, seconds),
			edge: ({ rate, seconds }) => edge.costOfEcho(rate, seconds),
		});
	}
	// V8 compiles and optimizes the Worker during the first thousands of requests, so they are not measured.
	for (const pair of pairs) await costsOf(pair, ECHO_WARM_UP);
	const ratios: number[] = [];
	for (const load of LOADS)
		ratios.push(await ratioOf(`a polling echo, ${load.rate} a second`, pairs, ECHO_ROUNDS, load));
	// The geometric mean, since these are ratios.
	expect(ratios.reduce((product, ratio) => product * ratio, 1) ** (1 / ratios.length)).toBeLessThanOrEqual(
		TARGET,
	);
});

/**
 * Guard against regressions for the smallest possible request, which a stub answers at once. It causes all of the
 * edge's work and the least of workerd's, so its bound is above the target.
 */
const SMALLEST_BOUND = 1.35;
const WARM_UP_COUNT = 2000;
const ROUNDS = 15;
const COUNT = 350;

async function stubNode(): Promise<{ url: string; server: Server } & AsyncDisposable> {
	const server = createServer((request, response) => {
		request.resume();
		response.setHeader("content-type", "text/plain");
		response.setHeader("content-length", 2);
		response.end("ok");
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		server,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

test.for([
	{ what: "an empty GET", method: "GET", body: "", connections: 4 },
	{ what: "an empty GET", method: "GET", body: "", connections: 32 },
	{ what: "a POST of 100 bytes", method: "POST", body: "4".repeat(100), connections: 4 },
])(
	"guard: $what of a session, answered at once, on $connections connections, costs at most 1.35 times a bare forward",
	{ timeout: 300_000 },
	async ({ what, method, body, connections }) => {
		await using node = await stubNode();
		await using parts = new AsyncDisposableStack();
		const path = `/socket.io/?EIO=4&transport=polling&t=PTZ8g4d&sid=${tagOf("n1")}AAAAAAAAAAAAAAAAA`;
		const measureOf = ({ pid, https }: ProxyUnderTest): Measure<number> => {
			const agent = new Agent({ keepAlive: true, maxSockets: connections });
			parts.defer(() => agent.destroy());
			return (count) => costOf(pid, https + path, { method, body, agent, connections, count });
		};
		const pairs: Pair<number>[] = [];
		for (let i = 0; i < PAIRS; i++) {
			const bare = parts.use(await startBareForward(node.url));
			const edge = parts.use(await startFullEdge(["n1", "n2", "n3"], node.url));
			pairs.push({ bare: measureOf(bare), edge: measureOf(edge) });
		}
		// The first requests compile the Worker.
		for (const pair of pairs) await costsOf(pair, WARM_UP_COUNT);
		const ratio = await ratioOf(`${what}, ${connections} connections`, pairs, ROUNDS, COUNT);
		expect(ratio).toBeLessThanOrEqual(SMALLEST_BOUND);
	},
);
