/** The view of a running load test: one row for each load group, or one line in all. */
import type { Plan } from "../../plan/plan.ts";
import { Histogram } from "../../record/histogram.ts";
import type { Report } from "../worker/messages.ts";

/** What is shown of one load group. Times in µs; NaN before its first acknowledgement. */
export interface LiveGroup {
	readonly name: string;
	readonly sessions: number;
	readonly rate: number;
	readonly p50: number;
	readonly p99: number;
	readonly errors: number;
	/** p50 of recent seconds, oldest first. */
	readonly history: readonly number[];
	/** It sends now. */
	readonly active: boolean;
}

/** What is shown at one moment. */
export interface LiveView {
	readonly phase: string;
	/** Seconds until the end. */
	readonly left: number;
	readonly groups: readonly LiveGroup[];
}

/** Seconds that a sparkline shows. */
const HISTORY_S = 20;

interface State {
	sessions: number;
	errors: number;
	recent: Histogram;
	p50: number;
	p99: number;
	rate: number;
	history: number[];
}

/** Follows the workers' reports. */
export class LiveFigures {
	readonly #names: string[];
	readonly #states: State[];

	constructor(plan: Plan) {
		this.#names = plan.groups.map(({ transport, path }) => `${transport} ${path.name}`);
		this.#states = plan.groups.map(() => ({
			sessions: 0,
			errors: 0,
			recent: new Histogram(),
			p50: Number.NaN,
			p99: Number.NaN,
			rate: 0,
			history: [],
		}));
	}

	add(report: Report): void {
		if (report.type !== "delta") return;
		const state = this.#states[report.group]!;
		const { counts, errors, windows } = report.delta;
		state.sessions += counts.sessionsOpen - counts.sessionsLost;
		state.errors += Object.values(errors).reduce((sum, times) => sum + times, 0);
		for (const { metric, histogram } of windows) {
			if (metric === "recover") state.sessions += histogram.count;
			if (metric === "ack") state.recent.mergeRecord(histogram);
		}
	}

	/** The view over the `seconds` since the last call. */
	take(phase: string, left: number, seconds: number): LiveView {
		for (const state of this.#states) advance(state, seconds);
		const groups = this.#states.map((state, i) => ({
			name: this.#names[i]!,
			sessions: state.sessions,
			rate: state.rate,
			p50: state.p50,
			p99: state.p99,
			errors: state.errors,
			history: state.history,
			active: phase.endsWith(this.#names[i]!),
		}));
		return { phase, left, groups };
	}
}

/** A group's last figures stay in view while other groups send. */
function advance(state: State, seconds: number): void {
	if (state.recent.count === 0) {
		state.rate = 0;
		return;
	}
	state.rate = state.recent.count / seconds;
	state.p50 = state.recent.quantile(0.5);
	state.p99 = state.recent.quantile(0.99);
	state.history = [...state.history, state.p50].slice(-HISTORY_S);
	state.recent = new Histogram();
}

const BARS = "▁▂▃▄▅▆▇█";

/** A sparkline from zero to the largest value. */
export function sparkline(values: readonly number[]): string {
	const most = Math.max(...values, 1);
	return values
		.map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))])
		.join("");
}

/** The view for a terminal. */
export function renderScreen({ phase, left, groups }: LiveView): string {
	const width = Math.max(...groups.map(({ name }) => name.length), 5);
	const head = `${phase}, ${Math.ceil(left)} s to go`;
	const columns = `  ${"".padEnd(width)}  sessions   acks/s   p50 ms   p99 ms  errors`;
	const rows = groups.map(
		(group) =>
			`${group.active ? "▸" : " "} ${group.name.padEnd(width)}  ${cell(group.sessions, 8)} ${cell(Math.round(group.rate), 8)} ${ms(group.p50)} ${ms(group.p99)} ${cell(group.errors, 7)}  ${sparkline(group.history)}`,
	);
	return [head, columns, ...rows].join("\n");
}

/** The view as one line, for a log. */
export function renderLine({ phase, left, groups }: LiveView): string {
	const active = groups.find((group) => group.active);
	const errors = groups.reduce((sum, group) => sum + group.errors, 0);
	const sessions = groups.reduce((sum, group) => sum + group.sessions, 0);
	const now =
		active && active.rate > 0
			? `, ${Math.round(active.rate)} acks/s, p50 ${ms(active.p50).trim()} ms, p99 ${ms(active.p99).trim()} ms`
			: "";
	return `${phase}${now}, ${sessions} sessions, ${errors} errors, ${Math.ceil(left)} s to go`;
}

function cell(value: number, width: number): string {
	return String(value).padStart(width);
}

function ms(us: number): string {
	return (Number.isNaN(us) ? "–" : (us / 1000).toFixed(2)).padStart(8);
}
