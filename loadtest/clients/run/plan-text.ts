/** What a run is about to do, in a few lines that a person can check before any load is sent. */
import { ownClients } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import { shareOfMachine } from "../../plan/stored-plan.ts";
import { gapOf, openingTime, slotOffset } from "./start-at.ts";

/** The lines, each ending with a full stop; `runs` are made one after the other. */
export function describePlan(plan: Plan, runs = 1): string {
	const lines = [sessionsOf(plan), loadOf(plan), timeOf(plan, runs)];
	return lines.map((line) => `plan: ${line}.`).join("\n");
}

function sessionsOf(plan: Plan): string {
	const { activity, groups, connectRate, slot, order, machine, require } = plan;
	const names = groups.map(({ transport, path }) => `${transport} ${path.name}`).join(", ");
	const inGroups = `${counted(groups.length, "load group")} (${names})`;
	const isRamp = activity === "ramp";
	const own = isRamp
		? shareOfMachine(plan).connectRate * (slot / 2) * order.length
		: ownClients(plan) * groups.length;
	const all = isRamp ? connectRate * (slot / 2) * order.length : plan.clients * groups.length;
	const sessions = `${counted(own, "session")}${machine.of > 1 ? ` of ${shown(all)} (machine ${machine.number}/${machine.of})` : ""}`;
	const rate = isRamp
		? `opened faster and faster, up to ${shown(connectRate)} a second, and closed at once`
		: `opened ${shown(connectRate)} a second`;
	const leavesOut = !require && groups.length > 1;
	return `${sessions} in ${inGroups}, ${rate}${leavesOut ? "; transports that the target does not offer are left out" : ""}`;
}

function loadOf(plan: Plan): string {
	const { activity, slot, order, warmup, chaosRun, chaosAt } = plan;
	const slots = `${counted(order.length, "slot")} of ${seconds(slot)}${warmup > 0 ? ` after ${seconds(warmup)} of warm-up` : ""}`;
	const chaos = chaosRun === "" ? "" : `; --chaos-run at second ${chaosAt}`;
	return `${activity === "ramp" ? "" : `${messagesOf(plan)}, in `}${slots}${chaos}`;
}

function messagesOf(plan: Plan): string {
	const { activity, probe, slot, order, warmup, cut, hear } = plan;
	if (activity === "storm") return `all sessions are cut (${cut}) once in each slot`;
	if (activity === "listen") return `no messages: the sessions hear "${hear}"`;
	if (activity === "idle" || probe === "connect") return "no messages";
	const { rate } = shareOfMachine(plan);
	const all = rate * (slot + warmup) * order.length;
	if (activity === "flow") return `${counted(all, "flow")}, ${shown(rate)} a second`;
	const messages = `${counted(all, "message")}${sizeOf(plan)}, ${shown(rate)} a second`;
	return activity === "fanout"
		? `${messages}, each to ${counted(ownClients(plan) - 1, "subscriber")}`
		: messages;
}

/** Only for messages of `--payload`: the length of others differs from client to client. */
function sizeOf({ message, args, scenarioCode, payload }: Plan): string {
	return message === "" && args === "" && scenarioCode === "" ? ` of ${shown(payload)} bytes` : "";
}

function timeOf(plan: Plan, runs: number): string {
	const { slot, order, warmup, startAt, processes } = plan;
	const measuring =
		startAt === 0 ? order.length * (warmup + slot) : warmup + slotOffset(plan, order.length - 1) + slot;
	const opening = openingTime(plan);
	const drain = gapOf(plan);
	const answers = plan.activity === "ramp" ? "sessions that are slow to open" : "late answers";
	const drains =
		drain >= 1 && startAt === 0 ? `, and up to ${seconds(drain)} more after each slot for ${answers}` : "";
	const begins = startAt === 0 ? "" : `; measurement begins at ${new Date(startAt * 1000).toISOString()}`;
	return `${runs > 1 ? `${runs} runs of ` : ""}${seconds(opening + measuring)} in all (${seconds(opening)} of opening)${drains}${begins}; ${counted(processes, "worker process", "es")}`;
}

function counted(number: number, noun: string, plural = "s"): string {
	return `${shown(number)} ${noun}${shown(number) === "1" ? "" : plural}`;
}

/** With thousands separators, and a decimal below 100, where a share may have one. */
function shown(number: number): string {
	return number.toLocaleString("en-US", { maximumFractionDigits: number < 100 ? 1 : 0 });
}

function seconds(number: number): string {
	return `${shown(number)} s`;
}
