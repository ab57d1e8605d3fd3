/** The finding in words: what a reader should take away, without the tables. */
import type { Machine } from "../plan/machine.ts";
import { activityOf, type PlanRecord, storedIn } from "../plan/stored-plan.ts";
import { type Group, metricsIn, type Result } from "../record/result.ts";
import { failuresOf } from "../record/verdict.ts";
import type { BudgetResult } from "./budgets/result.ts";
import { unmetSentences } from "./budgets/table.ts";
import { asSentence, validityOf } from "./validity.ts";
import { isShown } from "./values/difference.ts";
import { counted, listed, showCount, showMs, showRate, showShare } from "./values/number.ts";
import { basePath, hearingRate, rowOf } from "./values/rows.ts";

/** A group with its median response time in milliseconds. */
interface Ranked {
	group: Group;
	name: string;
	p50: number;
}

/** The same transport on two paths. */
interface Pair {
	transport: string;
	here: Ranked;
	there: Ranked;
}

/** One sentence per line: what failed, then the findings. */
export function headlineOf(result: Result, budgets: readonly BudgetResult[] = []): string[] {
	return [...problemsOf(result, budgets), ...findingsOf(result)];
}

/** Why the run failed or is undecided, one sentence each. They come before any latency. */
export function problemsOf(result: Result, budgets: readonly BudgetResult[] = []): string[] {
	if (validityOf(result).trust === "invalid") return [];
	return [...failuresOf(result).map(({ sentence }) => asSentence(sentence)), ...unmetSentences(budgets)];
}

/**
 * What was fast and by how much, what each path adds, and how strong the evidence is. The times of a load group that
 * lost too much would read like a success, so they are in the tables only.
 */
export function findingsOf(result: Result): string[] {
	if (validityOf(result).trust === "invalid")
		return ["No finding: an invalid run says nothing about its target."];
	const failures = failuresOf(result);
	const hasFailed = ({ transport, path }: Group) =>
		failures.some(({ group }) => group?.transport === transport && group.path === path);
	const sound = { ...result, groups: result.groups.filter((group) => !hasFailed(group)) };
	const findings = [...scenarioSentences(sound), ...hearingSentences(result)];
	if (findings.length === 0) findings.push(...latencySentences(sound));
	if (findings.length > 0) return [...findings, strengthOf(result)];
	return failures.length > 0 ? [] : [noAcks(result)];
}

/** The run in one line: scenario, size, time, seed. */
export function planLine(result: Result): string {
	const { plan } = result;
	const { number, of } = storedIn(plan, "machine") as Machine;
	return [
		`scenario ${plan.scenario}`,
		...(of > 1 ? [`machine ${number} of ${of}`] : []),
		`${counted(result.groups.length, "group")} of ${counted(plan.clients, "client")}`,
		...loadParts(plan),
		`${plan.duration} s measured`,
		`seed ${plan.seed}`,
		`${result.startedAt.slice(0, 16).replace("T", " ")} UTC`,
	].join(" · ");
}

/** What each group sends or listens to. */
function loadParts(plan: PlanRecord): string[] {
	const activity = activityOf(plan);
	if (activity === "listen") return [`listening to "${storedIn(plan, "hear")}"`];
	const rate = Math.round(plan.rate * 100) / 100;
	if (activity === "flow") return [`${rate} flows/s each`];
	if (activity === "idle" || storedIn(plan, "probe") === "connect") return ["no messages"];
	const batches = plan.grain > 0 ? `, in batches every ${plan.grain} ms` : "";
	// A message or arguments of the user's own are not of --payload bytes; what a scenario's code makes is unknown.
	const isOwn = ["message", "args", "scenarioCode"].some((name) => plan.extra[name] !== undefined);
	return [`${rate} msg/s each${batches}`, ...(isOwn ? [] : [`${plan.payload} B`])];
}

/** What sessions heard, one sentence per group. What was lost leaves the gaps as they were, so failed groups are among them. */
function hearingSentences({ groups, plan }: Result): string[] {
	if (activityOf(plan) !== "listen") return [];
	return groups
		.filter(({ counts }) => counts.received > 0)
		.map((group) => {
			const { received, sent, lost, doubled } = group.counts;
			const gap = rowOf(group, "gap")?.p50 ?? null;
			const parts = [
				`${counted(received, "event")} heard`,
				`${showRate(hearingRate(group))} a second on each session`,
				...(gap === null ? [] : [`half of the gaps within ${showMs(gap)} ms`]),
			];
			const isNumbered = storedIn(plan, "hearSeq") !== "";
			const missing = [
				...(isNumbered ? [lost === 0 ? "none was lost" : `${showShare(lost / sent)} were lost`] : []),
				...(doubled > 0 ? [`${showCount(doubled)} came twice`] : []),
			];
			return `${nameOf(group)}: ${[parts.join(", "), ...missing].join("; ")}.`;
		});
}

/** Fan-out and recovery, one sentence per group: where they were measured, they are the finding. */
function scenarioSentences(result: Result): string[] {
	return result.groups.flatMap((group) => {
		const [first, last] = [rowOf(group, "fanout_first"), rowOf(group, "fanout_last")];
		const recovery = rowOf(group, "recover");
		const sentences: string[] = [];
		if (last !== undefined && last.count > 0)
			sentences.push(
				`${nameOf(group)}: a broadcast reaches its first recipient after ${showMs(first?.p50 ?? null)} ms and its last after ${showMs(last.p50)} ms (medians).`,
			);
		if (recovery !== undefined && recovery.count > 0)
			sentences.push(
				`${nameOf(group)}: ${counted(recovery.count, "session")} recovered, half of them within ${showMs(recovery.p50)} ms and all within ${showMs(recovery.max)} ms.`,
			);
		return sentences;
	});
}

function latencySentences(result: Result): string[] {
	const ranked = rankedOf(result);
	const [fastest] = ranked;
	if (fastest === undefined) return [];
	const isFlow = activityOf(result.plan) === "flow";
	if (isFlow) return ranked.map(flowSentence);
	if (ranked.length === 1) return [singleSentence(fastest)];
	const transports = new Set(ranked.map(({ group }) => group.transport));
	const paths = pathSentences(result, ranked);
	return transports.size === 1 && paths.length > 0 ? paths : [rankSentence(ranked), ...paths];
}

/** Groups with a median, the fastest first. */
function rankedOf(result: Result): Ranked[] {
	const ranked = result.groups.flatMap((group) => {
		const p50 = rowOf(group, "ack")?.p50;
		return p50 === null || p50 === undefined ? [] : [{ group, name: nameOf(group), p50 }];
	});
	return ranked.sort((a, b) => a.p50 - b.p50);
}

function singleSentence({ group, name, p50 }: Ranked): string {
	const p99 = rowOf(group, "ack")?.p99 ?? null;
	const tail = p99 === null ? "" : `, 99 % within ${showMs(p99)} ms`;
	return `${name}: half of the messages are acknowledged within ${showMs(p50)} ms${tail}.`;
}

/** How long a load group's flows took, and the slowest of several steps. */
function flowSentence({ group, name, p50 }: Ranked): string {
	const p99 = rowOf(group, "ack")?.p99 ?? null;
	const tail = p99 === null ? "" : `, 99 % within ${showMs(p99)} ms`;
	const steps = metricsIn([group]).flatMap((metric) => {
		const median = metric.startsWith("step:") ? rowOf(group, metric)?.p50 : null;
		return median === null || median === undefined ? [] : [{ step: metric.slice("step:".length), median }];
	});
	const [slowest] = steps.sort((a, b) => b.median - a.median);
	const step =
		steps.length < 2 ? "" : `; the slowest step is ${slowest!.step} (median ${showMs(slowest!.median)} ms)`;
	return `${name}: half of the flows take at most ${showMs(p50)} ms without their pauses${tail}${step}.`;
}

/** The fastest and the slowest, and how far apart they are. Ties are named as ties. */
function rankSentence(ranked: Ranked[]): string {
	const fastest = ranked[0]!;
	const slower = ranked.filter((each) => isShown(fastest.group, each.group, "p50"));
	const slowest = slower.at(-1);
	if (slowest === undefined)
		return `No difference that this run can show: the median answer takes ${extremes(ranked)}.`;
	const ties = ranked.filter((each) => !slower.includes(each));
	const apart = ties.length === 1 ? "" : ", too close to tell apart";
	const times = (slowest.p50 / fastest.p50).toFixed(1);
	return `Fastest: ${listed(tieNames(ties, ranked))}${apart} (median answer after ${range(ties)} ms). Slowest: ${slowest.name}, ${showMs(slowest.p50)} ms, ${times} times as long.`;
}

/** Names of tied groups; a transport whose groups are all among them is named once. */
function tieNames(ties: Ranked[], ranked: Ranked[]): string[] {
	const names = ties.map(({ name, group: { transport } }) => {
		const all = ranked.filter(({ group }) => group.transport === transport);
		return all.length > 1 && all.every((each) => ties.includes(each)) ? `${transport} (all paths)` : name;
	});
	return [...new Set(names)];
}

/** What each path adds to the median over the base path, transport by transport. */
function pathSentences(result: Result, ranked: Ranked[]): string[] {
	const base = basePath(result);
	const others = result.plan.paths.map((path) => path.name).filter((name) => name !== base);
	return others.flatMap((path) => {
		const pairs = ranked.flatMap((here): Pair[] => {
			if (here.group.path !== path) return [];
			const there = ranked.find(
				({ group }) => group.path === base && group.transport === here.group.transport,
			);
			return there === undefined ? [] : [{ transport: here.group.transport, here, there }];
		});
		return pairs.length === 0 ? [] : [pathSentence(path, base, pairs)];
	});
}

function pathSentence(path: string, base: string, pairs: Pair[]): string {
	const shown = pairs.filter(({ here, there }) => isShown(here.group, there.group, "p50"));
	const unshown = pairs.filter((pair) => !shown.includes(pair)).map(({ transport }) => transport);
	const none = "no difference that this run can show";
	if (shown.length === 0) return `Between ${path} and ${base} there is ${none} (${listed(unshown)}).`;
	const changes = shown.map(({ transport, here, there }) => {
		const change = `${showMs(Math.abs(here.p50 - there.p50))} ms ${here.p50 < there.p50 ? "shorter" : "longer"}`;
		const values = shown.length === 1 ? ` (${showMs(here.p50)} instead of ${showMs(there.p50)} ms)` : "";
		return `${change} with ${transport}${values}`;
	});
	const rest = unshown.length === 0 ? "" : `; ${none} with ${listed(unshown)}`;
	return `Through ${path} instead of ${base}, the median answer takes ${listed(changes)}${rest}.`;
}

/** One run is one sample, however many messages it sent. */
function strengthOf({ groups, series }: Result): string {
	const seconds = Math.round(groups.reduce((sum, group) => sum + group.seconds, 0));
	if (series.of > 1)
		return `Run ${series.index} of ${series.of} (${seconds} s): indicative only. npm run compare judges all ${series.of} together.`;
	return `One ${seconds} s run: indicative only. For a verdict, run npm run swarm -- … --repeat 5, then npm run compare.`;
}

function noAcks(result: Result): string {
	const open = result.groups.reduce((sum, group) => sum + group.counts.sessionsOpen, 0);
	if (open === 0) return "No session was opened: see the errors below.";
	return `${counted(open, "session")} opened; too few acks for a latency figure.`;
}

/** Both ends by name: far ends are a difference that the run was too short or too disturbed to show. */
function extremes(ranked: Ranked[]): string {
	const [first, last] = [ranked[0]!, ranked.at(-1)!];
	return `${showMs(first.p50)} ms (${first.name}) to ${showMs(last.p50)} ms (${last.name})`;
}

/** `0.92`, or `0.92 to 0.95` for several. */
function range(ranked: Ranked[]): string {
	const [first, last] = [ranked[0], ranked.at(-1)].map((each) => showMs(each?.p50 ?? null));
	return first === last ? `${first}` : `${first} to ${last}`;
}

function nameOf(group: Group): string {
	return `${group.transport} ${group.path}`;
}
