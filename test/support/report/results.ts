/** Simulated results from a seeded generator, for testing reports; never passed off as measurements. */

import { randomFrom } from "../../../loadtest/plan/random.ts";
import {
	type Flag,
	type Group,
	RESULT_KIND,
	RESULT_VERSION,
	type Result,
	resultShape,
	type Transport,
} from "../../../loadtest/record/result.ts";
import { noCounts, Tally } from "../../../loadtest/record/tally.ts";
import { validated } from "../validated.ts";

/** How to simulate a result. Times in microseconds. */
export interface Recipe {
	seed: number;
	transports: Transport[];
	paths: string[];
	/** Acks per second in each group, and measured seconds of each. */
	rate: number;
	seconds: number;
	/** Standard deviation of the log level of a second, which makes messages of one second alike. */
	drift: number;
	/** Median response time of the transport on the path. */
	median(transport: Transport, path: string): number;
	flags: Flag[];
	/** Seconds in which the generator was too busy. */
	tainted: number[];
	index: number;
}

const PLAIN: Recipe = {
	seed: 1,
	transports: ["polling", "websocket"],
	paths: ["direct", "edge"],
	rate: 100,
	seconds: 5,
	drift: 0.05,
	median: (transport, path) => (transport === "polling" ? 2400 : 900) + (path === "edge" ? 450 : 0),
	flags: [],
	tainted: [],
	index: 1,
};

/** A valid result by the recipe; equal recipes give equal results. */
export function drawResult(changes: Partial<Recipe> = {}): Result {
	const recipe = { ...PLAIN, ...changes };
	const random = randomFrom(recipe.seed);
	const named = recipe.transports.flatMap((transport) => recipe.paths.map((path) => ({ transport, path })));
	const groups = named.map(({ transport, path }, turn) => {
		// Groups take turns in slots of 2 s, as in the swarm.
		const secondAt = (own: number) => (Math.floor(own / 2) * named.length + turn) * 2 + (own % 2);
		return drawGroup(recipe, transport, path, random, secondAt);
	});
	return validated(resultShape, {
		kind: RESULT_KIND,
		version: RESULT_VERSION,
		id: `drawn-${recipe.seed}-${recipe.index}`,
		startedAt: "2026-11-23T09:00:00.000Z",
		series: { id: `drawn-${recipe.seed}`, index: recipe.index, of: 5 },
		environment: {
			tool: "drawn for a test",
			versions: { node: "24.0.0", "socket.io-client": "4.8.4" },
			os: "Linux",
			cpu: "Test CPU",
			cpus: 2,
			memoryBytes: 8e9,
			loopback: true,
			clock: "process.hrtime",
		},
		plan: {
			scenario: "echo",
			transports: recipe.transports,
			paths: recipe.paths.map((name) => ({ name, urls: [`https://localhost:8443/${name}`] })),
			clients: 10,
			rate: recipe.rate,
			duration: recipe.seconds * groups.length,
			slot: 1,
			warmup: 0.5,
			payload: 64,
			seed: recipe.seed,
			arrivals: "uniform",
			ackTimeout: 5,
			event: "echo",
			processes: 1,
			extra: {},
		},
		groups,
		generator: Array.from({ length: recipe.seconds * groups.length }, (_, second) => ({
			second,
			elu: 0.2,
			loopDelayP99: 900,
			gcPause: 100,
			due: recipe.rate,
			sent: recipe.rate,
			late: 0,
			tainted: recipe.tainted.includes(second),
		})),
		validity: { valid: recipe.flags.every((flag) => flag.severity !== "invalid"), flags: recipe.flags },
		interrupted: false,
	});
}

/** A standard normal random number (Box-Muller). */
export function normal(random: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function drawGroup(
	recipe: Recipe,
	transport: Transport,
	path: string,
	random: () => number,
	secondAt: (own: number) => number,
): Group {
	const tally = new Tally();
	const median = recipe.median(transport, path);
	let drift = 0;
	for (let own = 0; own < recipe.seconds; own++) {
		const second = secondAt(own);
		drift = 0.35 * drift + recipe.drift * normal(random);
		for (let message = 0; message < recipe.rate; message++) {
			const service = median * Math.exp(drift + 0.4 * normal(random));
			tally.record("ack_service", second, service);
			tally.record("ack", second, service + 1000 * random() ** 8);
		}
	}
	for (let client = 0; client < 10; client++) drawConnection(tally, transport, random);
	const acks = recipe.rate * recipe.seconds;
	tally.counts = {
		...noCounts(),
		sessionsTried: 10,
		sessionsOpen: 10,
		due: acks,
		sent: acks,
		received: acks,
		bytesSent: acks * 80,
		bytesReceived: acks * 90,
		requests: transport === "polling" ? acks * 2 : 0,
	};
	return tally.toGroup({ transport, path, seconds: recipe.seconds });
}

function drawConnection(tally: Tally, transport: Transport, random: () => number): void {
	const phases = [
		["tcp", 300],
		["tls", 2200],
		["engine_handshake", 1500],
		["socket_connect", 1200],
		...(transport === "upgrade" ? [["upgrade", 3400] as const] : []),
		["first_ack", 1000],
	] as const;
	let whole = 0;
	for (const [metric, typical] of phases) {
		const took = typical * Math.exp(0.3 * normal(random));
		tally.record(metric, 0, took);
		whole += took;
	}
	tally.record("connect", 0, whole);
}
