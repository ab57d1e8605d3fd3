/** A worker process: opens its share of all groups' sessions, sends in its slots, reports differences. */
import type { Plan } from "../plan/plan.ts";
import { shareOf } from "../plan/schedule.ts";
import { nowUs } from "./clock.ts";
import { Crew, payloadOf } from "./crew.ts";
import { EchoDriver } from "./echo.ts";
import type { Answer, Order, Slot } from "./messages.ts";
import { pace } from "./pacer.ts";
import { SelfCheck } from "./self-check.ts";

const check = new SelfCheck();
let halt = new AbortController();
let crews: Crew[] = [];
let plan: Plan;
let worker = 0;

function say(answer: Answer): void {
	if (process.connected) process.send?.(answer);
}

/** Sessions are opened in turn over the groups, so that none has the quieter machine. */
async function openAll(startAt: number): Promise<void> {
	crews = plan.groups.map((group) => new Crew(plan, group));
	const openings: Promise<void>[] = [];
	await pace(
		openingTimes(startAt),
		({ group, number }) => openings.push(crews[group]!.open(number)),
		halt.signal,
	);
	await Promise.all(openings);
	report();
	say({ type: "opened" });
}

function* openingTimes(startAt: number): Generator<{ at: number; group: number; number: number }> {
	const gap = 1e6 / plan.connectRate;
	for (let number = worker; number < plan.clients; number += plan.processes)
		for (let group = 0; group < plan.groups.length; group++)
			yield { at: startAt + (number * plan.groups.length + group) * gap, group, number };
}

/** Sends what has been counted since the last time. */
function report(): void {
	crews.forEach((crew, group) => {
		say({ type: "delta", group, delta: crew.tally.take() });
	});
}

async function runSlot(slot: Slot): Promise<void> {
	const crew = crews[slot.group]!;
	const before = crew.traffic();
	crew.takeDoubled();
	const driver = new EchoDriver(
		{ event: plan.event, payload: payloadOf(plan.payload), ackTimeout: plan.ackTimeout },
		crew.tally,
		check.sends,
	);
	const seconds = everySecond(slot, driver);
	if (plan.probe === "echo") await pace(dueIn(slot), (due) => sendDue(slot, crew, driver, due), halt.signal);
	else await pace([{ at: slot.endAt }].values(), () => {}, halt.signal);
	await driver.drained();
	clearInterval(seconds);
	const after = crew.traffic();
	const { counts } = crew.tally;
	counts.bytesSent += after.bytesSent - before.bytesSent;
	counts.bytesReceived += after.bytesReceived - before.bytesReceived;
	counts.requests += after.requests - before.requests;
	counts.doubled += crew.takeDoubled();
	report();
	say({ type: "slot-done", number: slot.number });
}

function* dueIn(slot: Slot): Generator<{ at: number; client: number }> {
	const options = { arrivals: plan.arrivals, rate: plan.rate, seed: plan.seed + slot.number };
	for (const { client, at } of shareOf(options, plan.clients, worker, plan.processes)) {
		if (slot.startAt + at >= slot.endAt) return;
		yield { at: slot.startAt + at, client };
	}
}

function sendDue(slot: Slot, crew: Crew, driver: EchoDriver, due: { at: number; client: number }): void {
	const second = due.at < slot.measureAt ? -1 : slot.second + Math.floor((due.at - slot.measureAt) / 1e6);
	const client = crew.clients.get(due.client);
	if (client) driver.send(client, due.at, second);
	else if (second >= 0) crew.tally.counts.due += 1;
}

function everySecond(slot: Slot, driver: EchoDriver): NodeJS.Timeout {
	check.take(0);
	return setInterval(() => {
		driver.sweep();
		const second = Math.floor((nowUs() - slot.measureAt) / 1e6);
		const window = check.take(slot.second + second);
		if (second >= 0) say({ type: "generator", window });
		report();
	}, 1000);
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
		halt = new AbortController();
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
