/** The finding in words: one sentence a reader can take away without the tables. */
import type { Result } from "../record/result.ts";
import { counted, showAddedMs, showMs } from "./number.ts";
import { type Added, addedOf, basePath, rowOf, rowsOf } from "./rows.ts";
import { validityOf } from "./validity.ts";

/** What the run says about latency; an empty run says that. */
export function headlineOf(result: Result): string {
	if (validityOf(result).trust === "invalid")
		return "No finding: an invalid run says nothing about its target.";
	const spread = spreadSentences(result);
	if (spread.length > 0) return spread.join(" ");
	const acks = rowsOf(result).filter((row) => row.metric === "ack" && row.p50 !== null);
	const [first] = [...acks].sort((a, b) => (a.p50 ?? 0) - (b.p50 ?? 0));
	if (first === undefined) return nothing(result);
	const added = addedOf(result).filter((each) => each.p50 !== null);
	const paths = [...new Set(added.map((each) => each.path))];
	if (paths.length === 1) return addedSentence(added, paths[0] ?? "", basePath(result));
	const slowest = acks.length > 1 ? acks.reduce((a, b) => ((b.p50 ?? 0) > (a.p50 ?? 0) ? b : a)) : undefined;
	const fast = `${first.transport} on ${first.path} answers in ${showMs(first.p50)} ms at p50`;
	if (slowest === undefined) return `${fast}.`;
	return `Fastest: ${fast}; slowest: ${slowest.transport} on ${slowest.path}, ${showMs(slowest.p50)} ms.`;
}

/** Fan-out and recovery, one sentence for each group that has them: there they are the finding. */
function spreadSentences(result: Result): string[] {
	return result.groups.flatMap((group) => {
		const who = `${group.transport} ${group.path}`;
		const [first, last] = [rowOf(group, "fanout_first"), rowOf(group, "fanout_last")];
		const back = rowOf(group, "recover");
		const sentences: string[] = [];
		if (last !== undefined && last.count > 0)
			sentences.push(
				`${who}: a broadcast reaches its first recipient in ${showMs(first?.p50 ?? null)} ms and its last in ${showMs(last.p50)} ms at p50.`,
			);
		if (back !== undefined && back.count > 0)
			sentences.push(
				`${who}: of ${counted(back.count, "session")} that came back, half did in ${showMs(back.p50)} ms, the slowest in ${showMs(back.max)} ms.`,
			);
		return sentences;
	});
}

/** What was run, in one line: scenario, size, time, seed. */
export function planLine(result: Result): string {
	const { plan } = result;
	return [
		`scenario ${plan.scenario}`,
		`${counted(result.groups.length, "group")} of ${counted(plan.clients, "client")}`,
		`${plan.rate} msg/s each${plan.grain > 0 ? `, in groups every ${plan.grain} ms` : ""}`,
		`${plan.payload} B`,
		`${plan.duration} s measured`,
		`seed ${plan.seed}`,
		`${result.startedAt.slice(0, 16).replace("T", " ")} UTC`,
	].join(" · ");
}

function addedSentence(added: Added[], path: string, base: string): string {
	const p50 = `${range(added.map((each) => each.p50))} ms to the median answer over ${base}`;
	const tails = added.map((each) => each.p99).filter((value) => value !== null);
	const names = added.map((each) => each.transport).join(", ");
	if (tails.length < added.length) return `The ${path} adds ${p50} (${names}).`;
	// A faster tail through one more hop is chance: one run's p99 rests on its few slowest answers.
	if (Math.min(...tails) < 0)
		return `The ${path} adds ${p50} (${names}); at p99 ${range(tails)} ms, which one run cannot settle: swarm --repeat 5, then npm run compare.`;
	return `The ${path} adds ${p50}, ${range(tails)} ms to the slowest in a hundred (${names}).`;
}

/** `+0.41` of one, `+0.41 to +0.48` of several. */
function range(values: (number | null)[]): string {
	const known = values.filter((value) => value !== null);
	const ends = [Math.min(...known), Math.max(...known)].map(showAddedMs);
	return ends[0] === ends[1] ? `${ends[0]}` : `${ends[0]} to ${ends[1]}`;
}

function nothing(result: Result): string {
	const open = result.groups.reduce((sum, group) => sum + group.counts.sessionsOpen, 0);
	if (open === 0) return "No session was opened: see the errors below.";
	return `${counted(open, "session")} opened; too few acks for a latency figure.`;
}
