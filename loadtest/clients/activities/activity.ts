/** The activities of scenarios by name, and which client belongs to which worker. */
import { fallsTo, ownClients, ownNumber, placeOf } from "../../plan/machine.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Activity } from "../../plan/scenario.ts";
import { echo } from "./echo.ts";
import { fanout, isProbe } from "./fanout.ts";
import { flow } from "./flow.ts";
import { idle } from "./idle.ts";
import { listen } from "./listen.ts";
import { ramp } from "./ramp.ts";
import { storm } from "./storm.ts";
import type { Work } from "./work.ts";

/** Each activity returns when its slot is over and drained. */
export const ACTIVITY: Readonly<Record<Activity, (work: Work) => Promise<void>>> = {
	echo,
	fanout,
	flow,
	listen,
	ramp,
	storm,
	idle,
};

/**
 * Whether a client, by its number in the whole test, belongs to a worker of this machine: clients are dealt out in turn,
 * but all probes of a fan-out to the machine's first worker.
 */
export function belongsTo(
	worker: number,
	client: number,
	plan: Pick<Plan, "activity" | "processes" | "clients" | "probes" | "machine">,
): boolean {
	const { machine, probes, processes } = plan;
	if (plan.activity !== "fanout") return fallsTo(placeOf(plan, worker), client);
	if (!fallsTo({ index: machine.number - 1, of: machine.of }, client)) return false;
	const own = ownNumber(machine, client);
	if (isProbe({ clients: ownClients(plan), probes }, own)) return worker === 0;
	return 1 + (own % (processes - 1)) === worker;
}
