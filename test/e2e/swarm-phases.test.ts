import { expect, test } from "vitest";
import { NO_INPUTS } from "../../loadtest/clients/client/inputs.ts";
import { LoadGroup } from "../../loadtest/clients/client/load-group.ts";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { measurePhases } from "../../loadtest/clients/worker/phases.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { startTarget } from "../support/swarm/target.ts";

const never = new AbortController().signal;

function run(options: PlanOptions) {
	const load = { transports: ["websocket"], clients: 30, rate: 50, duration: 1, warmup: 0 } as const;
	return runSwarm(planFrom({ ...load, ...options }), { progress: () => {} }, never);
}

test("connection phases are those of sessions opened one at a time, and every session of the run has its opening time", async () => {
	await using target = await startTarget();
	let open = 0;
	let mostAtOnce = 0;
	let opened = 0;
	target.io.on("connection", (socket) => {
		opened += 1;
		open += 1;
		// The preflight's session is the first, then come the uncounted one and those of the phases.
		if (opened <= 1 + 13) mostAtOnce = Math.max(mostAtOnce, open);
		socket.on("disconnect", () => {
			open -= 1;
		});
	});
	const result = await run({ url: target.url, phaseSessions: 12, connectRate: 1000 });
	const { metrics, counts } = result.groups[0]!;
	for (const phase of ["tcp", "engine_handshake", "socket_connect", "first_ack", "connect"] as const)
		expect(metrics[phase]?.histogram.count).toBe(12);
	expect(metrics.opening?.histogram.count).toBe(30);
	expect(counts).toMatchObject({ sessionsTried: 30, sessionsOpen: 30, sessionsLost: 0 });
	expect(result.opening!.length).toBeGreaterThan(0);
	expect(mostAtOnce).toBe(1);
});

test("each transport's sessions have the phases of their opening", async () => {
	await using target = await startTarget();
	const transports = ["polling", "upgrade", "flashsocket"] as const;
	const load = { transports, clients: 3, rate: 30, policyPort: target.policyPort, phaseSessions: 4 };
	const { groups } = await run({ url: target.url, ...load });
	const phases = Object.fromEntries(
		groups.map(({ transport, metrics }) => [transport, Object.keys(metrics)]),
	);
	const common = ["tcp", "engine_handshake", "socket_connect", "connect", "first_ack"];
	expect(phases["polling"]).toEqual(expect.arrayContaining(common));
	expect(phases["upgrade"]).toEqual(expect.arrayContaining([...common, "upgrade"]));
	expect(phases["flashsocket"]).toEqual(expect.arrayContaining([...common, "policy"]));
});

test("a polling session of the phases has ended at the server before the next one opens", async () => {
	await using target = await startTarget();
	const atOnce: number[] = [];
	target.io.on("connection", () => atOnce.push(target.io.engine.clientsCount));
	const plan = planFrom({ url: target.url, transports: ["polling"], sources: ["none"] });
	await measurePhases(new LoadGroup(plan, 0, NO_INPUTS), [0], 5, never);
	expect(atOnce.length).toBeGreaterThanOrEqual(6);
	expect(Math.max(...atOnce)).toBe(1);
});

test("without phase sessions there are no phases", async () => {
	await using target = await startTarget();
	const { groups } = await run({ url: target.url, phaseSessions: 0 });
	expect(Object.keys(groups[0]!.metrics).sort()).toEqual(["ack", "ack_service", "opening"]);
});

test("a session during whose opening the event loop was late is not counted, and another takes its place", async () => {
	await using target = await startTarget();
	let calls = 0;
	const setup = () => {
		calls += 1;
		const end = performance.now() + 40;
		// The first call is the session that does not count anyway.
		if (calls === 3) while (performance.now() < end);
	};
	const plan = planFrom({ url: target.url, transports: ["websocket"], sources: ["none"] });
	const group = new LoadGroup(plan, 0, { ...NO_INPUTS, code: { setup } });
	const disturbed = await measurePhases(group, [0, 1], 4, never);
	expect(disturbed).toBeGreaterThanOrEqual(1);
	expect(calls).toBe(1 + 4 + disturbed);
	expect(group.tally.whole("tcp").count).toBe(4);
});

test("a slow target is measured by fewer sessions", async () => {
	await using target = await startTarget({
		serve: (socket) => socket.on("echo", (_: unknown, ack: () => void) => setTimeout(ack, 1000)),
	});
	const plan = planFrom({ url: target.url, transports: ["websocket"], sources: ["none"] });
	const group = new LoadGroup(plan, 0, NO_INPUTS);
	const disturbed = await measurePhases(group, [0], 50, never);
	// Each takes a second, and no further one begins after three: the first does not count.
	const { count } = group.tally.whole("first_ack");
	expect([1, 2]).toContain(count + disturbed);
});
