/** Pairs of the same measurement on the two sides of a comparison. */
import type { Group, Result, Transport } from "../record/result.ts";
import { LEAST_RUNS } from "./statistics/holm.ts";

/** The same measurement on two sides, one group per run on each. */
export interface Pairing {
	/** For people: `websocket edge`, `websocket: edge over direct`. */
	name: string;
	transport: Transport;
	path: string;
	candidate: Group[];
	base: Group[];
}

/** Whether a side has too few runs for a test. */
export function hasFewRuns({ candidate, base }: Pick<Pairing, "candidate" | "base">): boolean {
	return Math.min(candidate.length, base.length) < LEAST_RUNS;
}

/** The pairs of one comparison, and the names of the two sides. */
export interface Pairings {
	candidateName: string;
	baseName: string;
	pairs: Pairing[];
	/** Groups that only one side has, in words. */
	unmatched: string[];
}

/** Runs against runs: each transport × path that both sides measured in every run. */
export function runsAgainstRuns(candidate: readonly Result[], base: readonly Result[]): Pairings {
	const pairs: Pairing[] = [];
	const unmatched: string[] = [];
	for (const { transport, path } of groupsOfAll([...base, ...candidate])) {
		const here = groupIn(candidate, transport, path);
		const there = groupIn(base, transport, path);
		const name = `${transport} ${path}`;
		if (here.length === candidate.length && there.length === base.length)
			pairs.push({ name, transport, path, candidate: here, base: there });
		else unmatched.push(`${name}: only in ${here.length} of the new and ${there.length} of the base runs`);
	}
	return { candidateName: "new", baseName: "base", pairs, unmatched };
}

/** One path against another in the same runs, transport by transport. */
export function pathAgainstPath(runs: readonly Result[], path: string, basePath: string): Pairings {
	const transports = [...new Set(groupsOfAll(runs).map((group) => group.transport))];
	const pairs = transports.flatMap((transport) => {
		const candidate = groupIn(runs, transport, path);
		const base = groupIn(runs, transport, basePath);
		if (candidate.length !== runs.length || base.length !== runs.length) return [];
		return [{ name: `${transport}: ${path} over ${basePath}`, transport, path, candidate, base }];
	});
	return { candidateName: path, baseName: basePath, pairs, unmatched: [] };
}

/** Every other transport against the base transport, path by path. */
export function transportsAgainst(runs: readonly Result[], baseTransport: Transport): Pairings {
	const pairs = groupsOfAll(runs).flatMap(({ transport, path }) => {
		if (transport === baseTransport) return [];
		const candidate = groupIn(runs, transport, path);
		const base = groupIn(runs, baseTransport, path);
		if (candidate.length !== runs.length || base.length !== runs.length) return [];
		return [{ name: `${path}: ${transport} over ${baseTransport}`, transport, path, candidate, base }];
	});
	return { candidateName: "other transports", baseName: baseTransport, pairs, unmatched: [] };
}

function groupsOfAll(runs: readonly Result[]): { transport: Transport; path: string }[] {
	const seen = new Map<string, { transport: Transport; path: string }>();
	for (const { transport, path } of runs.flatMap((run) => run.groups))
		seen.set(`${transport} ${path}`, { transport, path });
	return [...seen.values()];
}

function groupIn(runs: readonly Result[], transport: Transport, path: string): Group[] {
	return runs.flatMap(
		(run) => run.groups.find((group) => group.transport === transport && group.path === path) ?? [],
	);
}
