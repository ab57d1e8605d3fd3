/** All attacks, and mixes that are drawn from them. */
import { randomFrom } from "../../../../loadtest/plan/random.ts";
import type { Act, Attack } from "./attack.ts";
import { CONNECTION_ATTACKS } from "./connection-attacks.ts";
import { REQUEST_ATTACKS } from "./request-attacks.ts";

const EVERY = [...REQUEST_ATTACKS, ...CONNECTION_ATTACKS];
/** A mix has so many acts, each at this part of its rate, with at most so many at once and this long a pause. */
const MIX_ACTS = 7;
const MIX_SHARE = 0.5;
const MIX_AT_ONCE = 12;
const MIX_LONGEST_MS = 3000;

/** The attacks in the order of a run. Those that are drawn depend on the seed only. */
export function attacksOf(seed: number): readonly Attack[] {
	const all = EVERY.flatMap(({ acts }) => acts);
	// All acts together are as many requests as two attacks.
	const onSource = drawActs(seed, all, all.length, 2 / EVERY.length);
	return [
		...EVERY,
		{ name: "all of these on a pool with source stickiness", acts: onSource, pool: { stickiness: "source" } },
		{ name: "drawn mix 1", acts: drawActs(seed + 1, all, MIX_ACTS, MIX_SHARE) },
		{ name: "drawn mix 2", acts: drawActs(seed + 2, all, MIX_ACTS, MIX_SHARE) },
	];
}

function drawActs(seed: number, from: readonly Act[], count: number, share: number): Act[] {
	const random = randomFrom(seed);
	const left = [...from];
	return Array.from({ length: count }, () => {
		const act = left.splice(Math.floor(random() * left.length), 1)[0]!;
		return {
			...act,
			count: Math.min(act.count, MIX_AT_ONCE),
			everyMs: Math.min(act.everyMs / share, MIX_LONGEST_MS),
		};
	});
}
