/** Before any load: checks that each target answers a Socket.IO client, on each transport and address. */
import { CommandError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownClients, testNumber } from "../../plan/machine.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import { masked } from "../../plan/paths.ts";
import { type Plan, withGroups } from "../../plan/plan.ts";
import { recordOf } from "../../plan/stored-plan.ts";
import { causeOf } from "../../record/causes.ts";
import { type Doubt, doubt } from "../../record/doubts.ts";
import { joinRoom, roomOf } from "../activities/fanout.ts";
import { clientOptions } from "../client/client-options.ts";
import { OpenFailure } from "../client/failure.ts";
import { type Inputs, loadInputs } from "../client/inputs.ts";
import { onStrayError } from "../client/own-code.ts";
import { openSession } from "../client/session.ts";
import { withUsableSources } from "./sources.ts";

/** A server that says so means to offer fewer transports. */
const NOT_OFFERED: readonly string[] = ["engine_0", "no_upgrade_offered"];

/** The run that the targets allow. */
export interface Checked {
	readonly plan: Plan;
	/** A doubt for each load group that was left out. */
	readonly leftOut: readonly Doubt[];
}

/** One session to open: a load group at one of its path's addresses, as one of this machine's clients. */
interface Check {
	readonly group: LoadGroupPlan;
	readonly number: number;
	readonly client: number;
}

interface Failed {
	readonly check: Check;
	readonly failure: OpenFailure;
}

/**
 * Opens one session of each load group to each of its addresses and sends one message. Load groups whose transport
 * fails are left out if another transport of the path works. Throws a CommandError that says what to do when none
 * does, when an address fails on all transports, or with `--require`.
 */
export async function preflight(asked: Plan): Promise<Checked> {
	const plan = await withUsableSources(asked);
	const inputs = await loadInputs(plan);
	const restoreTrust = trustForFetch(plan);
	let failed: Failed[];
	let stray = "";
	const endStray = onStrayError(plan.scenarioFile, (text) => {
		stray = text;
	});
	try {
		failed = await failuresOf(plan, checksOf(plan), inputs);
	} finally {
		restoreTrust();
		endStray();
	}
	if (stray !== "") throw new CommandError(`--scenario ${plan.scenarioFile}: an error in ${stray}.`);
	if (failed.length === 0) return { plan, leftOut: [] };
	const lost = failed.filter((one) => plan.require || isDead(plan, failed, one));
	if (lost.length > 0) throw new CommandError(errorText(plan, lost));
	const groups = plan.groups.filter((group) => failed.every(({ check }) => check.group !== group));
	return { plan: withGroups(plan, groups), leftOut: doubtsOf(plan, failed) };
}

/**
 * Each load group checks with clients of its own where there are enough, because an application may end the older
 * one of two sessions of the same user.
 */
function checksOf(plan: Plan): Check[] {
	return plan.groups.flatMap((group, number) => {
		const { length } = group.path.urls;
		const turns = Math.max(1, Math.floor(ownClients(plan) / length));
		return group.path.urls.map((_, n) => ({ group, number, client: n + length * (number % turns) }));
	});
}

/** Checks of one client take turns, those of different clients run side by side. */
async function failuresOf(plan: Plan, checks: readonly Check[], inputs: Inputs): Promise<Failed[]> {
	const turns = new Map<number, Promise<void>>();
	const failed: Failed[] = [];
	for (const check of checks) {
		const before = turns.get(check.client) ?? Promise.resolve();
		const turn = before.then(async () => {
			const failure = await failureOf(plan, check, inputs);
			if (failure !== null) failed.push({ check, failure });
		});
		turns.set(check.client, turn);
	}
	await Promise.all(turns.values());
	return failed.sort((a, b) => a.check.number - b.check.number);
}

async function failureOf(
	plan: Plan,
	{ group, number, client }: Check,
	inputs: Inputs,
): Promise<OpenFailure | null> {
	try {
		const options = clientOptions(plan, group, testNumber(plan.machine, client), inputs);
		const session = await openSession({ ...options, reconnection: false });
		if (plan.activity === "fanout") await joinRoom(session, roomOf(plan, number), plan.connectTimeout);
		const end = session.ended();
		session.socket.disconnect();
		session.wire.cut();
		return end && new OpenFailure(end.kind, end.text);
	} catch (error) {
		if (error instanceof OpenFailure) return error;
		throw error;
	}
}

/** Whether an address fails on every transport: then it is the target that fails, not a transport. */
function isDead(plan: Plan, failed: readonly Failed[], { check }: Failed): boolean {
	const url = urlOf(check);
	const { path } = check.group;
	const here = failed.filter((one) => one.check.group.path === path && urlOf(one.check) === url);
	const groups = plan.groups.filter((group) => group.path === path);
	const remaining = groups.filter((group) => failed.every((one) => one.check.group !== group));
	return here.length === groups.length || remaining.length === 0;
}

/** A failure on several transports for the same cause is one line. */
function errorText(plan: Plan, failed: readonly Failed[]): string {
	const lines = new Map<string, string[]>();
	for (const { check, failure } of failed) {
		const key = JSON.stringify([masked(urlOf(check)), explain(plan, check, failure)]);
		lines.set(key, [...(lines.get(key) ?? []), check.group.transport]);
	}
	const texts = [...lines].map(([key, transports]) => {
		const [url, cause] = JSON.parse(key) as [string, string];
		return `${url} (${transports.join(", ")}): ${cause}`;
	});
	return texts.join("\n");
}

function doubtsOf(plan: Plan, failed: readonly Failed[]): Doubt[] {
	const first = new Map<LoadGroupPlan, Failed>();
	for (const one of failed) if (!first.has(one.check.group)) first.set(one.check.group, one);
	const run = { tool: "swarm", plan: recordOf(plan) };
	return [...first.values()].map(({ check, failure }) => {
		const { transport, path } = check.group;
		const cause = explain(plan, check, failure).replace(/\.$/, "");
		const severity = NOT_OFFERED.includes(failure.kind) ? "info" : "warning";
		return doubt(run, "transport_left_out", severity, { group: `${transport} ${path.name}`, cause });
	});
}

function urlOf({ group: { path }, client }: Check): string {
	return path.urls[client % path.urls.length]!;
}

/** What the failure means and how to fix it, in one line; for a missing `echo` with the three lines to add. */
function explain(plan: Plan, { group }: Check, { kind, message }: OpenFailure): string {
	return (
		causeOf(kind, message, settingsFor(plan, group.path.name)) ??
		`no Socket.IO session (${kind}: ${message}).`
	);
}

/** Node's fetch has no option for certificates, only an environment variable; returns a function that restores it. */
function trustForFetch(plan: Plan): () => void {
	if (!plan.transports.includes("polling-fetch") || !plan.insecure) return () => {};
	const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
	process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
	return () => {
		if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
		else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
	};
}
