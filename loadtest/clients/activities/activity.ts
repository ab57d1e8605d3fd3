/** The activities of scenarios by name, and which client belongs to which worker. */
import type { Plan } from "../../plan/plan.ts";
import type { Activity } from "../../plan/scenario.ts";
import { echo } from "./echo.ts";
import { fanout, isProbe } from "./fanout.ts";
import { idle } from "./idle.ts";
import { ramp } from "./ramp.ts";
import { storm } from "./storm.ts";
import type { Work } from "./work.ts";

/** Each activity returns when its slot is over and drained. */
export const ACTIVITY: Readonly<Record<Activity, (work: Work) => Promise<void>>> = {
	echo,
	fanout,
	ramp,
	storm,
	idle,
};

/** Whether a client belongs to a worker: clients are dealt out in turn, but all probes of a fan-out to the first. */
export function belongsTo(
	worker: number,
	client: number,
	plan: Pick<Plan, "activity" | "processes" | "clients" | "probes">,
): boolean {
	if (plan.activity !== "fanout") return client % plan.processes === worker;
	if (isProbe(plan, client)) return worker === 0;
	return 1 + (client % (plan.processes - 1)) === worker;
}
