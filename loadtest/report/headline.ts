/** The finding in words: one sentence a reader can take away without the tables. */
import type { Result } from "../record/result.ts";
import { counted, showAddedMs, showMs } from "./number.ts";
import { addedOf, basePath, rowsOf } from "./rows.ts";

/** What the run says about latency; an empty run says that. */
export function headlineOf(result: Result): string {
	const acks = rowsOf(result).filter((row) => row.metric === "ack" && row.p50 !== null);
	const [first] = [...acks].sort((a, b) => (a.p50 ?? 0) - (b.p50 ?? 0));
	if (first === undefined) return nothing(result);
	const added = addedOf(result).filter((each) => each.p50 !== null);
	if (added.length > 0) {
		const parts = added.map((each) => `${each.transport} ${showAddedMs(each.p50)} ms${tail(each.p99)}`);
		const path = added[0]?.path ?? "";
		const others = new Set(added.map((each) => each.path)).size > 1;
		if (!others) return `The ${path} path adds, over ${basePath(result)}, at p50 (p99): ${parts.join(", ")}.`;
	}
	const slowest = acks.length > 1 ? acks.reduce((a, b) => ((b.p50 ?? 0) > (a.p50 ?? 0) ? b : a)) : undefined;
	const fast = `${first.transport} on ${first.path} answers in ${showMs(first.p50)} ms at p50`;
	if (slowest === undefined) return `${fast}.`;
	return `Fastest: ${fast}; slowest: ${slowest.transport} on ${slowest.path}, ${showMs(slowest.p50)} ms.`;
}

/** What was run, in one line: scenario, size, time, seed. */
export function planLine(result: Result): string {
	const { plan } = result;
	return [
		`scenario ${plan.scenario}`,
		`${counted(result.groups.length, "group")} of ${counted(plan.clients, "client")}`,
		`${plan.rate} msg/s each`,
		`${plan.payload} B`,
		`${plan.duration} s measured`,
		`seed ${plan.seed}`,
		`${result.startedAt.slice(0, 16).replace("T", " ")} UTC`,
	].join(" · ");
}

function tail(p99: number | null): string {
	return p99 === null ? "" : ` (${showAddedMs(p99)})`;
}

function nothing(result: Result): string {
	const open = result.groups.reduce((sum, group) => sum + group.counts.sessionsOpen, 0);
	if (open === 0) return "No session was opened: see the errors below.";
	return `${counted(open, "session")} opened; too few acks for a latency figure.`;
}
