/** Before any load: checks that each target answers a Socket.IO client, on each transport and address. */
import { CommandError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { masked } from "../../plan/paths.ts";
import { type Plan, withGroups } from "../../plan/plan.ts";
import { recordOf } from "../../plan/stored-plan.ts";
import { type Doubt, doubt } from "../../record/doubts.ts";
import type { OpenFailure } from "../client/failure.ts";
import { causeIn, type FirstSession, openFirstSessions } from "./first-sessions.ts";
import { withUsableSources } from "./sources.ts";

/** A server that says so means to offer fewer transports. */
const NOT_OFFERED: readonly string[] = ["engine_0", "no_upgrade_offered"];

/** The session opened, and its message was not answered: where others are, the run counts how many are lost. */
const LOST_MESSAGE = "no_ack";

/** The run that the targets allow. */
export interface Checked {
	readonly plan: Plan;
	/** A doubt for each load group that was left out. */
	readonly leftOut: readonly Doubt[];
}

type Failed = Pick<FirstSession, "group" | "url"> & { readonly failure: OpenFailure };

/**
 * Opens one session of each load group to each of its addresses and sends one message. Load groups whose transport
 * opens no session are left out if another transport of the path works. Throws a CommandError that says what to do when
 * none does, when an address fails on all transports, or with `--require`.
 */
export async function preflight(asked: Plan): Promise<Checked> {
	const plan = await withUsableSources(asked);
	const failed = (await openFirstSessions(plan, "together")).flatMap(({ group, url, failure }) =>
		failure === null ? [] : [{ group, url, failure }],
	);
	if (failed.length === 0) return { plan, leftOut: [] };
	const lost = failed.filter((one) => plan.require || isDead(plan, failed, one));
	if (lost.length > 0) throw new CommandError(errorText(plan, lost));
	const unusable = failed.filter(({ failure }) => failure.kind !== LOST_MESSAGE);
	const groups = plan.groups.filter((group) => unusable.every((one) => one.group !== group));
	return { plan: withGroups(plan, groups), leftOut: doubtsOf(plan, unusable) };
}

/** Whether an address fails on every transport: then it is the target that fails, not a transport. */
function isDead(plan: Plan, failed: readonly Failed[], { group: { path }, url }: Failed): boolean {
	const here = failed.filter((one) => one.group.path === path && one.url === url);
	const groups = plan.groups.filter((group) => group.path === path);
	const remaining = groups.filter((group) => failed.every((one) => one.group !== group));
	return here.length === groups.length || remaining.length === 0;
}

/** A failure on several transports for the same cause is one line. */
function errorText(plan: Plan, failed: readonly Failed[]): string {
	const lines = new Map<string, string[]>();
	for (const { group, url, failure } of failed) {
		const key = JSON.stringify([masked(url), causeIn(plan, group, failure)]);
		lines.set(key, [...(lines.get(key) ?? []), group.transport]);
	}
	const texts = [...lines].map(([key, transports]) => {
		const [url, cause] = JSON.parse(key) as [string, string];
		return `${url} (${transports.join(", ")}): ${cause}`;
	});
	return texts.join("\n");
}

function doubtsOf(plan: Plan, failed: readonly Failed[]): Doubt[] {
	const first = new Map<LoadGroupPlan, Failed>();
	for (const one of failed) if (!first.has(one.group)) first.set(one.group, one);
	const run = { tool: "swarm", plan: recordOf(plan) };
	return [...first.values()].map(({ group, failure }) => {
		const { transport, path } = group;
		const cause = causeIn(plan, group, failure).replace(/\.$/, "");
		const severity = NOT_OFFERED.includes(failure.kind) ? "info" : "warning";
		return doubt(run, "transport_left_out", severity, { group: `${transport} ${path.name}`, cause });
	});
}
