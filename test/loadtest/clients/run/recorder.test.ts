import { expect, test } from "vitest";
import { Recorder } from "../../../../loadtest/clients/run/recorder.ts";
import { planFrom } from "../../../../loadtest/plan/plan.ts";
import { parseResult } from "../../../../loadtest/record/load.ts";
import type { GeneratorWindow } from "../../../../loadtest/record/result.ts";
import { Tally } from "../../../../loadtest/record/tally.ts";

const plan = planFrom({
	paths: "direct=http://localhost:1,edge=http://localhost:2",
	transports: ["websocket"],
	clients: 5,
});

const calm: GeneratorWindow = {
	second: 0,
	elu: 0.2,
	loopDelayP99: 3000,
	gcPause: 0,
	due: 10,
	sent: 10,
	late: 0,
	tainted: false,
};

/** A worker's delta: so many sessions open and messages acknowledged. */
function delta(open: number, acks: number) {
	const tally = new Tally();
	Object.assign(tally.counts, {
		sessionsTried: open,
		sessionsOpen: open,
		due: acks,
		sent: acks,
		received: acks,
	});
	for (let i = 0; i < acks; i++) tally.record("ack", 0, 1000);
	return tally.take()!;
}

test("deltas of all workers add up, each load group by itself", () => {
	const recorder = new Recorder(plan, null);
	recorder.add({ type: "delta", group: 0, delta: delta(3, 10) });
	recorder.add({ type: "delta", group: 0, delta: delta(2, 5) });
	recorder.add({ type: "delta", group: 1, delta: delta(5, 7) });
	const { groups } = recorder.result(false);
	expect(groups.map(({ path, counts }) => [path, counts.sessionsOpen, counts.received])).toEqual([
		["direct", 5, 15],
		["edge", 5, 7],
	]);
	expect(groups[0]!.metrics.ack!.histogram.count).toBe(15);
});

test("the result is one that can be read back, and counts itself a series of one", () => {
	const recorder = new Recorder(plan, null);
	recorder.add({ type: "delta", group: 0, delta: delta(1, 1) });
	const result = recorder.result(false);
	expect(parseResult(JSON.stringify(result), "result")).toEqual(result);
	expect(result.series).toEqual({ id: result.id, index: 1, of: 1 });
	expect(result.environment).toMatchObject({ tool: "swarm", loopback: true });
	expect(result.plan.clients).toBe(5);
});

test("a run of a series says so, and all its partial results are the same run", () => {
	const series = { id: "s", index: 2, of: 5 };
	const recorder = new Recorder(plan, series);
	expect(recorder.result(false).series).toEqual(series);
	expect(recorder.result(true)).toMatchObject({ id: recorder.result(false).id, interrupted: true });
});

test("workers' windows of the same second become one, the worse of each figure", () => {
	const recorder = new Recorder(plan, null);
	recorder.add({ type: "generator", window: { ...calm, second: 1 } });
	recorder.add({ type: "generator", window: calm });
	recorder.add({ type: "generator", window: { ...calm, elu: 0.9 } });
	const { generator, validity } = recorder.result(false);
	expect(generator.map(({ second, elu, sent, tainted }) => [second, elu, sent, tainted])).toEqual([
		[0, 0.9, 20, true],
		[1, 0.2, 10, false],
	]);
	expect(validity.flags.map(({ code }) => code)).toContain("generator_busy");
});

test("figures of several workers are added up, or the largest is kept", () => {
	const recorder = new Recorder(plan, null);
	for (const value of [3, 4]) {
		recorder.add({ type: "figure", group: 0, name: "sessions_cut", value, unit: "sessions", how: "sum" });
		recorder.addFigure({ name: "memory_most edge", value, unit: "bytes" }, "max");
	}
	recorder.add({ type: "figure", group: 1, name: "sessions_cut", value: 9, unit: "sessions", how: "sum" });
	expect(recorder.result(false).outcomes).toEqual([
		{
			name: "sessions_cut",
			value: 7,
			unit: "sessions",
			transport: "websocket",
			path: "direct",
			combine: "sum",
		},
		{ name: "memory_most edge", value: 4, unit: "bytes", combine: "max" },
		{
			name: "sessions_cut",
			value: 9,
			unit: "sessions",
			transport: "websocket",
			path: "edge",
			combine: "sum",
		},
	]);
});

test("a state at the end of a slot is added up over workers, and replaces that of an earlier slot", () => {
	const recorder = new Recorder(plan, null);
	const held = { type: "figure", group: 0, name: "sessions_held", unit: "sessions", how: "sum" } as const;
	for (const value of [20, 20]) recorder.add({ ...held, value, slot: 0 });
	for (const value of [19, 18]) recorder.add({ ...held, value, slot: 3 });
	expect(recorder.result(false).outcomes).toMatchObject([{ name: "sessions_held", value: 37 }]);
});

test("CPU by message is derived from the group's own answers, unless other machines use the process too", () => {
	const cpu = { value: 50, unit: "CPU ms", transport: "websocket", path: "direct" } as const;
	const outcomesOf = (of: number) => {
		const recorder = new Recorder({ ...plan, machine: { number: 1, of } }, null);
		recorder.add({ type: "delta", group: 0, delta: delta(3, 200) });
		for (const name of ["cpu_ms edge", "cpu_ms n1"]) recorder.addFigure({ ...cpu, name }, "sum");
		recorder.forgetFigure("cpu_ms n1");
		return recorder.result(false).outcomes;
	};
	expect(outcomesOf(1)).toEqual([
		{ ...cpu, name: "cpu_ms edge", combine: "sum" },
		{ ...cpu, name: "cpu_per_1000_messages edge", value: 250, combine: "derived" },
	]);
	expect(outcomesOf(2)).toEqual([{ ...cpu, name: "cpu_ms edge", combine: "sum" }]);
});

test("a doubt that the figures do not show is in the result", () => {
	const recorder = new Recorder(plan, null);
	recorder.addDoubt("process_gone", { name: "edge", pid: 77 });
	expect(recorder.result(false).validity.flags).toContainEqual(
		expect.objectContaining({
			code: "process_gone",
			severity: "warning",
			message: "the watched process edge (77) ended during the run",
		}),
	);
});

test("measured seconds add up; a slot stopped in its warm-up adds nothing", () => {
	const recorder = new Recorder(plan, null);
	recorder.addSeconds(0, 2);
	recorder.addSeconds(0, 1.5);
	recorder.addSeconds(0, -0.4);
	expect(recorder.result(false).groups[0]!.seconds).toBe(3.5);
});
