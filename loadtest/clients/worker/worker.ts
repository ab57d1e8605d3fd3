/** A worker process: opens its share of all load groups' sessions, acts in its slots, and reports deltas. */
import type { Plan } from "../../plan/plan.ts";
import { ACTIVITY, belongsTo } from "../activities/activity.ts";
import { joinRoom, publisherOf, roomOf } from "../activities/fanout.ts";
import { loadInputs } from "../client/inputs.ts";
import { LoadGroup, type Traffic } from "../client/load-group.ts";
import type { Session } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace } from "../pacing/pacer.ts";
import { countDue } from "../pacing/sends.ts";
import type { Slot } from "../pacing/slot.ts";
import type { Order, Report } from "./messages.ts";
import { measurePhases } from "./phases.ts";
import { SelfCheck } from "./self-check.ts";

const check = new SelfCheck();
const halt = new AbortController();
let groups: LoadGroup[] = [];
let plan: Plan;
let worker = 0;

function send(report: Report): void {
	if (process.connected) process.send?.(report);
}

/** Opens sessions in turn over the load groups, so that changes of the machine affect all alike. */
async function openAll(startAt: number): Promise<void> {
	check.take(0);
	const report = () => {
		const second = Math.max(0, Math.ceil((nowUs() - startAt) / 1e6) - 1);
		send({ type: "opening", window: check.take(second) });
	};
	const timer = setInterval(report, 1000);
	const openings: Promise<void>[] = [];
	const times = plan.activity === "ramp" ? [].values() : openingTimes(startAt);
	await pace(
		times,
		({ group, number, at }) =>
			() => {
				countDue(check.sends, at, nowUs());
				openings.push(group.add(number, joinOf(group, number), { at, openingFrom: startAt }));
			},
		{ stop: halt.signal, sends: check.sends },
	);
	await Promise.all(openings);
	clearInterval(timer);
	if (openings.length > 0) report();
	for (const group of groups) reportConnections(group);
	reportDeltas();
	// What start-up and opening left would otherwise be collected in the first seconds of measurement, in 10 ms and more.
	globalThis.gc?.();
	send({ type: "opened" });
}

/** The group's phases, with the sessions of this worker's own clients. */
async function measurePhasesOf(group: LoadGroup, sessions: number): Promise<void> {
	const numbers = Array.from({ length: plan.clients }, (_, number) => number)
		.filter((number) => belongsTo(worker, number, plan))
		.slice(0, sessions);
	const disturbed = await measurePhases(group, numbers, sessions, halt.signal);
	if (disturbed > 0)
		send({
			...{ type: "figure", group: group.number, name: "phases_disturbed", value: disturbed },
			...{ unit: "sessions", how: "sum" },
		});
	reportDeltas();
	send({ type: "phases-done" });
}

function* openingTimes(startAt: number): Generator<{ at: number; group: LoadGroup; number: number }> {
	const gap = 1e6 / plan.connectRate;
	for (let number = 0; number < plan.clients; number++) {
		if (!belongsTo(worker, number, plan)) continue;
		for (const group of groups)
			yield { at: startAt + (number * groups.length + group.number) * gap, group, number };
	}
}

function joinOf(group: LoadGroup, number: number): (session: Session) => Promise<void> {
	if (plan.activity !== "fanout" || number === publisherOf(plan)) return async () => {};
	return (session) => joinRoom(session, roomOf(plan, group.number), plan.connectTimeout);
}

/** How many connections the openings took, and how many of them resumed a TLS session. */
function reportConnections(group: LoadGroup): void {
	const wires = group.opened.map(({ session }) => session.wire);
	const sum = (field: "connections" | "resumed") => wires.reduce((total, wire) => total + wire[field], 0);
	const head = { type: "figure", group: group.number, unit: "connections", how: "sum" } as const;
	if (sum("connections") === 0) return;
	send({ ...head, name: "connections_opened", value: sum("connections") });
	send({ ...head, name: "tls_resumed", value: sum("resumed") });
}

/** Sends what was counted since the last time. */
function reportDeltas(): void {
	for (const group of groups) {
		const delta = group.tally.take();
		if (delta !== null) send({ type: "delta", group: group.number, delta });
	}
}

async function runSlot(slot: Slot): Promise<void> {
	const group = groups[slot.group]!;
	const endCount = countFrom(group, slot.measureAt);
	group.slot = slot;
	let eachSecond = () => {};
	check.take(0);
	let since = nowUs();
	const timer = setInterval(() => {
		eachSecond();
		since = reportSecond(slot, since);
	}, 1000);
	await ACTIVITY[plan.activity]({
		plan,
		slot,
		group,
		worker,
		sends: check.sends,
		stop: halt.signal,
		figure: (name, value, unit, how) => send({ type: "figure", group: slot.group, name, value, unit, how }),
		state: (name, value, unit, how) =>
			send({ type: "figure", group: slot.group, name, value, unit, how, slot: slot.number }),
		everySecond: (callback) => {
			eachSecond = callback;
		},
	});
	clearInterval(timer);
	endCount();
	reportSecond(slot, since);
	send({ type: "slot-done", number: slot.number });
}

/** Counts what the connections carry and the extra answers from a time on (monotonic µs) until the returned function is called. */
function countFrom(group: LoadGroup, measureAt: number): () => void {
	let before: Traffic | null = null;
	const begin = () => {
		before = group.traffic();
		extraInWarmup = group.takeExtraAnswers();
	};
	let extraInWarmup = 0;
	group.takeExtraAnswers();
	const timer = setTimeout(begin, (measureAt - nowUs()) / 1000);
	return () => {
		clearTimeout(timer);
		if (before === null) return;
		const after = group.traffic();
		const { counts } = group.tally;
		counts.bytesSent += after.bytesSent - before.bytesSent;
		counts.bytesReceived += after.bytesReceived - before.bytesReceived;
		counts.requests += after.requests - before.requests;
		const extra = group.takeExtraAnswers();
		counts.doubled += extra;
		if (plan.ack !== "" && plan.ackMatch === "" && extra + extraInWarmup > 0)
			group.tally.fail("answers_unmatched", extra + extraInWarmup);
	};
}

/** Reports the generator's state since `since`, unless all of that time was warm-up or drain; returns the time. */
function reportSecond(slot: Slot, since: number): number {
	const now = nowUs();
	const second = Math.ceil((Math.min(now, slot.endAt) - slot.measureAt) / 1e6) - 1;
	const window = check.take(slot.second + Math.max(0, second));
	if (second >= 0 && since < slot.endAt) send({ type: "generator", window });
	reportDeltas();
	return now;
}

async function carryOut(order: Order): Promise<void> {
	if (order.type === "load") {
		plan = order.plan;
		worker = order.worker;
		const inputs = await loadInputs(plan);
		groups = plan.groups.map((_, number) => new LoadGroup(plan, number, inputs));
		check.start();
		send({ type: "loaded" });
	} else if (order.type === "phases") await measurePhasesOf(groups[order.group]!, order.sessions);
	else if (order.type === "open") await openAll(order.startAt);
	else if (order.type === "slot") await runSlot(order.slot);
	else if (order.type === "halt") halt.abort();
	else {
		check.stop();
		await Promise.all(groups.map((group) => group.close()));
		send({ type: "closed" });
		process.disconnect();
	}
}

// The terminal sends Ctrl-C to the whole process group: only the run decides when workers stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => {
	carryOut(order).catch((error: unknown) => {
		send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
	});
});
send({ type: "ready" });
