/** A worker process: opens its share of all groups' sessions, acts in its slots, reports differences. */
import type { Plan } from "../../plan/plan.ts";
import { ACTIVITY } from "../activities/activity.ts";
import { isProbe, joinRoom, PUBLISHER, roomOf } from "../activities/fanout.ts";
import { Crew } from "../client/load-group.ts";
import type { Session } from "../client/session.ts";
import { nowUs } from "../pacing/clock.ts";
import { pace } from "../pacing/pacer.ts";
import type { Answer, Order, Slot } from "./messages.ts";
import { SelfCheck } from "./self-check.ts";

const check = new SelfCheck();
const halt = new AbortController();
let crews: Crew[] = [];
let plan: Plan;
let worker = 0;

function say(answer: Answer): void {
	if (process.connected) process.send?.(answer);
}

/** Sessions are opened in turn over the groups, so that none has the quieter machine. */
async function openAll(startAt: number): Promise<void> {
	crews = plan.groups.map((_, number) => new Crew(plan, number));
	const openings: Promise<void>[] = [];
	const times = plan.activity === "ramp" ? [].values() : openingTimes(startAt);
	await pace(
		times,
		({ crew, number }) => openings.push(crew.add(number, joining(crew, number))),
		halt.signal,
	);
	await Promise.all(openings);
	for (const crew of crews) reportConnections(crew);
	report();
	say({ type: "opened" });
}

/** How many connections the openings took, and how many of them skipped the full TLS handshake. */
function reportConnections(crew: Crew): void {
	const wires = crew.opened.map(({ session }) => session.wire);
	const sum = (field: "connections" | "resumed") => wires.reduce((total, wire) => total + wire[field], 0);
	const head = { type: "outcome", group: crew.number, unit: "connections", how: "sum" } as const;
	if (sum("connections") === 0) return;
	say({ ...head, name: "connections_opened", value: sum("connections") });
	say({ ...head, name: "tls_resumed", value: sum("resumed") });
}

function joining(crew: Crew, number: number): (session: Session) => Promise<void> {
	if (plan.activity !== "fanout" || number === PUBLISHER) return async () => {};
	return (session) => joinRoom(session, roomOf(plan, crew.number), plan.connectTimeout);
}

/** Each client belongs to one worker: by turns, but the probes of a fan-out all to the first. */
function isMine(number: number): boolean {
	if (plan.activity !== "fanout") return number % plan.processes === worker;
	if (isProbe(plan, number)) return worker === 0;
	return 1 + (number % (plan.processes - 1)) === worker;
}

function* openingTimes(startAt: number): Generator<{ at: number; crew: Crew; number: number }> {
	const gap = 1e6 / plan.connectRate;
	for (let number = 0; number < plan.clients; number++) {
		if (!isMine(number)) continue;
		for (const crew of crews)
			yield { at: startAt + (number * crews.length + crew.number) * gap, crew, number };
	}
}

/** Sends what has been counted since the last time. */
function report(): void {
	crews.forEach((crew, group) => {
		const delta = crew.tally.take();
		if (delta !== null) say({ type: "delta", group, delta });
	});
}

async function runSlot(slot: Slot): Promise<void> {
	const crew = crews[slot.group]!;
	const before = crew.traffic();
	crew.takeDoubled();
	crew.slot = slot;
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
		crew,
		worker,
		sends: check.sends,
		stop: halt.signal,
		outcome: (name, value, unit, how) => say({ type: "outcome", group: slot.group, name, value, unit, how }),
		everySecond: (then) => {
			eachSecond = then;
		},
	});
	clearInterval(timer);
	const after = crew.traffic();
	const { counts } = crew.tally;
	counts.bytesSent += after.bytesSent - before.bytesSent;
	counts.bytesReceived += after.bytesReceived - before.bytesReceived;
	counts.requests += after.requests - before.requests;
	counts.doubled += crew.takeDoubled();
	reportSecond(slot, since);
	say({ type: "slot-done", number: slot.number });
}

/** The state since the last report; left out when it lies all in warm-up or in drain. */
function reportSecond(slot: Slot, since: number): number {
	const now = nowUs();
	const second = Math.ceil((Math.min(now, slot.endAt) - slot.measureAt) / 1e6) - 1;
	const window = check.take(slot.second + Math.max(0, second));
	if (second >= 0 && since < slot.endAt) say({ type: "generator", window });
	report();
	return now;
}

async function obey(order: Order): Promise<void> {
	if (order.type === "open") {
		plan = order.plan;
		worker = order.worker;
		check.start();
		await openAll(order.startAt);
	} else if (order.type === "slot") await runSlot(order.slot);
	else if (order.type === "halt") halt.abort();
	else {
		check.stop();
		for (const crew of crews) crew.close();
		say({ type: "closed" });
		process.disconnect();
	}
}

// The terminal sends Ctrl-C to the whole group: the run decides when workers stop, and with it they end.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => {
	obey(order).catch((error: unknown) => {
		say({ type: "failed", message: error instanceof Error ? error.message : String(error) });
	});
});
say({ type: "ready" });
