/** Figures that are not latencies, combined over worker processes, slots and machines. */
import type { Combine, Figure } from "./result.ts";

/** One figure of one load group, or of the whole run. */
interface Entry {
	figure: Figure;
	slot: number | undefined;
}

/** Combines figures with the same name and load group. */
export class Outcomes {
	readonly #entries = new Map<string, Entry>();

	/** Adds a figure; one with a `slot` is a state at that slot's end, and replaces that of an earlier slot. */
	add(figure: Figure, how: Combine, slot?: number): void {
		const key = [figure.transport, figure.path, figure.name].join(" ");
		const known = this.#entries.get(key);
		const before = known !== undefined && known.slot === slot ? known.figure.value : undefined;
		const value = before === undefined ? figure.value : combined(before, figure.value, how);
		this.#entries.set(key, { figure: { ...figure, value, combine: how }, slot });
	}

	/** Drops the figures of that name. */
	forget(name: string): void {
		for (const [key, { figure }] of this.#entries) if (figure.name === name) this.#entries.delete(key);
	}

	get figures(): Figure[] {
		return [...this.#entries.values()].map(({ figure }) => figure);
	}
}

function combined(one: number, other: number, how: Combine): number {
	return how === "sum" ? one + other : Math.max(one, other);
}

/** How the figures of older results combine. Those that are not here are derived. */
const OLDER: Readonly<Record<string, Combine>> = {
	sessions_cut: "sum",
	sessions_back: "sum",
	sessions_held: "sum",
	heartbeats: "sum",
	generator_memory: "sum",
	connections_opened: "sum",
	tls_resumed: "sum",
	chaos_exit_code: "max",
	memory_most: "max",
	memory_per_session: "max",
};

/** The machines' figures as one test's, without the derived ones. */
export function mergedOutcomes(machines: readonly (readonly Figure[])[]): Figure[] {
	const merged = new Outcomes();
	for (const figure of machines.flat()) {
		const how = figure.combine ?? OLDER[figure.name.split(" ")[0]!] ?? "derived";
		if (how !== "derived") merged.add(figure, how);
	}
	return merged.figures;
}
